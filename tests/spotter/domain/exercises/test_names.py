"""Names of exercises as people and apps write them: which exercise, which side, and what is not sure."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spotter.domain.exercises import RISKS, Exercise, builtin_catalogue, match, meant
from spotter.domain.exercises.catalogue import Name, equipment_word
from spotter.domain.exercises.words import EQUIPMENT, GRIPS, PARTS, POSITIONS, words

CATALOGUE = builtin_catalogue()
NAMES = list(CATALOGUE.names.all)
STRICTNESS = {risk: -rank for rank, risk in enumerate(RISKS)}

ENGLISH = """
    Deadlift (no belt)                           deadlift
    Squat (belt)                                 back_squat
    Iso-Lateral Chest Press (Machine)            machine_chest_press
    Decline Chest Fly (Dumbbell)                 chest_fly
    Single Arm Cable Crossover                   cable_crossover
    Sumo Squat (Barbell)                         back_squat
    Single Leg Romanian Deadlift (Barbell)       romanian_deadlift
    Single Leg Standing Calf Raise               dumbbell_calf_raise
    Pause Squat (3 sec)                          pause_squat
    Single arm lateral raise (cable)             cable_lateral_raise
    Hack Squat / Machine hack squat              hack_squat
    squat                                        back_squat
    Benchpress                                   bench_press
    Hipthrust                                    hip_thrust
    Feet Up Bench Press (Barbell)                bench_press
    Machine bench press                          machine_chest_press
    Leg curl (single)                            leg_curl
    Seated Machine Curl                          machine_biceps_curl
    Parallel Bar Triceps Dip                     dip
    Deadlift from blocks                         rack_pull
    Decline Crunch                               crunch
    One-Arm Standing Dumbbell Press              dumbbell_shoulder_press
    Cable lateral raise (leaning)                cable_lateral_raise
    Bench Press                                  bench_press
    benchPress                                   bench_press
    Single Leg Curl (Right)                      leg_curl
    bicep_curl                                   biceps_curl
    barbell_bench_press                          bench_press
    Bench Press (Barbell) 3x5 @ 80%              bench_press
    Incline Bench Press (Smith Machine)          smith_incline_bench_press
    Decline Bench Press (Smith Machine)          smith_bench_press
    Squat (Barbell) w/ belt                      back_squat
    Squat with belt                              back_squat
    Belt Squat                                   belt_squat
    DB Bench Press                               dumbbell_bench_press
    DB Bench                                     dumbbell_bench_press
    KB Swing                                     kettlebell_swing
    BW Squat                                     bodyweight_squat
    SLDL                                         stiff_leg_deadlift
    RDLs                                         romanian_deadlift
    DB RDL                                       dumbbell_romanian_deadlift
    OHP                                          overhead_press
    Standing OHP                                 overhead_press
    Seated OHP (Dumbbell)                        dumbbell_shoulder_press
    Single-Arm Dumbbell Shoulder Press           dumbbell_shoulder_press
    Single Arm Cable Lateral Raise L             cable_lateral_raise
    One arm lat pulldown                         lat_pulldown
    Unilateral leg press                         single_leg_press
    Single Leg Press (Left)                      single_leg_press
    Left leg press                               single_leg_press
    Leg extension - single leg                   leg_extension
    Leg Extension (Machine) R                    leg_extension
    Lying Leg Curls (single leg)                 leg_curl
    Seated Leg Curl (Machine)                    seated_leg_curl
    Single leg seated leg curl                   seated_leg_curl
    Walking Lunges (Dumbbell)                    walking_lunge
    Reverse lunge right                          reverse_lunge
    Bulgarian split squats L/R                   bulgarian_split_squat
    Step-ups left leg                            step_up
    Hammer curls alternating                     hammer_curl
    Alternating Hammer Curl (Dumbbell)           hammer_curl
    Incline Hammer Curl                          hammer_curl
    Seated Dumbbell Curl                         biceps_curl
    Standing Barbell Curl                        barbell_curl
    EZ Bar Curl                                  ez_bar_curl
    Cable Curl (Rope)                            cable_curl
    Concentration curl (L)                       concentration_curl
    Close Grip Bench Press (Barbell)             close_grip_bench_press
    Paused Bench Press                           pause_bench_press
    Comp Bench                                   pause_bench_press
    Comp deadlift                                deadlift
    Competition Bench Press                      pause_bench_press
    Touch and go bench                           bench_press
    Deadlift (Barbell) - Sumo                    sumo_deadlift
    Paused Deadlift                              deadlift
    Tempo squat                                  back_squat
    High bar squat                               back_squat
    Front Squat (Barbell)                        front_squat
    Goblet Squat w/ KB                           goblet_squat
    Wide grip lat pulldown                       lat_pulldown
    Neutral Grip Lat Pulldown                    lat_pulldown
    Wide-grip pull ups                           pull_up
    Chin-ups (bodyweight)                        chin_up
    Weighted Pull Ups +20kg                      weighted_pull_up
    Assisted Chin Ups                            assisted_pull_up
    Push-Ups                                     push_up
    Incline Push Up                              push_up
    Decline push-ups                             push_up
    Dips (weighted)                              weighted_dip
    Machine Shoulder Press                       machine_shoulder_press
    Machine Overhead Press                       machine_shoulder_press
    Machine Row                                  machine_row
    Seated Cable Rows                            seated_row
    Machine Chest Fly                            pec_deck
    Machine Fly                                  pec_deck
    Cable Fly                                    cable_crossover
    Incline cable fly                            cable_crossover
    Incline DB Fly                               incline_dumbbell_fly
    Flat dumbbell fly                            chest_fly
    Machine lateral raise                        machine_lateral_raise
    Machine preacher curl                        machine_biceps_curl
    Machine hip thrust                           machine_hip_thrust
    Seated calf raises                           seated_calf_raise
    Standing Calf Raise (Machine)                calf_raise
    Tricep rope pushdown                         triceps_pushdown
    Single arm tricep pushdown (R)               triceps_pushdown
    Tricep pushdowns                             triceps_pushdown
    Skullcrushers (EZ bar)                       skull_crusher
    Overhead tricep extension (Cable)            cable_overhead_triceps_extension
    Face pulls                                   face_pull
    Hip Thrusts (Barbell)                        hip_thrust
    Single leg hip thrust                        hip_thrust
    Cable Crunches                               cable_crunch
    Decline sit-ups                              sit_up
    Back Squat 5x5                               back_squat
    Squat 1RM                                    back_squat
    Deadlift top set @9                          deadlift
    Bench press RPE 8                            bench_press
    Bench Press x5                               bench_press
    Bent-over Row (DB), single arm               dumbbell_row
    Single Arm DB Row Left                       dumbbell_row
    Kroc rows                                    dumbbell_row
    Pendlay Row                                  pendlay_row
    T-Bar Row                                    t_bar_row
    Chest-supported row                          chest_supported_row
    Power cleans                                 power_clean
    Clean & Jerk                                 clean_and_jerk
    Snatch-grip RDL                              romanian_deadlift
    Hex bar deadlift                             trap_bar_deadlift
    Kettlebell Romanian Deadlift                 dumbbell_romanian_deadlift
    Kettlebell lunges                            lunge
    Bench                                        bench_press
"""
GERMAN = """
    Rudern am Gerät                              machine_row
    Schrägbankdrücken am Gerät                   machine_incline_chest_press
    Fliegende auf der Schrägbank                 incline_dumbbell_fly
    Bizepscurls auf der Schrägbank               incline_dumbbell_curl
    Kniebeugen ohne Equipment                    bodyweight_squat
    Beinpresse (leicht)                          leg_press
    Rudern mit der T-Stange (Langhantel)         t_bar_row
    Sit-Ups auf der Negativbank                  sit_up
    Scottcurls am Gerät                          machine_biceps_curl
    Hängendes Beinheben                          hanging_leg_raise
    Einbeiniges Kurzhantel-Wadenheben            dumbbell_calf_raise
    Aufrechtes Rudern                            upright_row
    Enges Bankdruecken                           close_grip_bench_press
    Rumaenisches Kreuzheben                      romanian_deadlift
    Kniebeuge                                    back_squat
    Bankdrücken                                  bench_press
    Bankdruecken                                 bench_press
    Kreuzheben                                   deadlift
    Klimmzüge                                    pull_up
    Beinpresse                                   leg_press
    Langhantel-Bankdrücken                       bench_press
    Langhantelbankdrücken                        bench_press
    Kurzhantelbankdrücken                        dumbbell_bench_press
    Schrägbankdrücken                            incline_bench_press
    Schrägbankdrücken mit Kurzhanteln            incline_dumbbell_bench_press
    Schrägbankdrücken Kurzhantel                 incline_dumbbell_bench_press
    Enges Bankdrücken                            close_grip_bench_press
    Negativbankdrücken                           decline_bench_press
    Frontkniebeugen                              front_squat
    Kniebeugen mit Langhantel                    back_squat
    Bulgarische Kniebeugen                       bulgarian_split_squat
    Rumänisches Kreuzheben                       romanian_deadlift
    Kreuzheben mit gestreckten Beinen            stiff_leg_deadlift
    Sumo-Kreuzheben                              sumo_deadlift
    Schulterdrücken                              overhead_press
    Schulterdrücken Kurzhantel                   dumbbell_shoulder_press
    Schulterdrücken (Maschine)                   machine_shoulder_press
    Überkopfdrücken                              overhead_press
    Langhantelrudern                             barbell_row
    Kurzhantelrudern links                       dumbbell_row
    Einarmiges Kurzhantelrudern rechts           dumbbell_row
    Rudern am Kabel sitzend                      seated_row
    Latzug                                       lat_pulldown
    Latziehen eng                                lat_pulldown
    Klimmzug im Untergriff                       chin_up
    Liegestütze                                  push_up
    Ausfallschritte                              lunge
    Ausfallschritte Kurzhantel                   lunge
    Beinstrecker                                 leg_extension
    Beinbeuger                                   leg_curl
    Beinbeuger sitzend                           seated_leg_curl
    Beinbeuger liegend                           leg_curl
    Beinstrecker einbeinig links                 leg_extension
    Beinpresse einbeinig                         single_leg_press
    Wadenheben                                   calf_raise
    Wadenheben sitzend                           seated_calf_raise
    Seitheben                                    lateral_raise
    Seitheben am Kabelzug                        cable_lateral_raise
    Frontheben                                   front_raise
    Butterfly Maschine                           pec_deck
    Fliegende Kurzhantel                         chest_fly
    Bizepscurls                                  biceps_curl
    Bizepscurl Kurzhantel                        biceps_curl
    Langhantelcurls                              barbell_curl
    SZ-Curls                                     ez_bar_curl
    Hammercurls                                  hammer_curl
    Trizepsdrücken am Kabel                      triceps_pushdown
    Konzentrationscurls links                    concentration_curl
    Hackenschmidt Kniebeuge                      hack_squat
    Brustpresse                                  machine_chest_press
    Abduktoren Maschine                          hip_abduction
    Adduktorenmaschine                           hip_adduction
    Rückenstrecker                               back_extension
    Umsetzen und Stoßen                          clean_and_jerk
    Reißen                                       snatch
"""
SPANISH = """
    Dominadas Supinas (Chin-ups)                 chin_up
    Sentadilla con Barra (Back Squat)            back_squat
    Press de Banca Plano con Mancuernas          dumbbell_bench_press
    Aperturas con Mancuernas en Banco Plano      chest_fly
    Sentadilla en caja                           box_squat
    Remo en punta                                t_bar_row
    Femoral tumbado                              leg_curl
    Pantorrilla en prensa 45°                    leg_press_calf_raise
    Press Arnold con mancuernas                  arnold_press
    Patada de tríceps                            triceps_kickback
    Zancadas caminando                           walking_lunge
    Fondos en banco                              bench_dip
    Sentadilla                                   back_squat
    Press de banca                               bench_press
    Peso muerto                                  deadlift
    Press de pecho                               bench_press
    Sentadillas                                  back_squat
    Sentadilla frontal                           front_squat
    Sentadilla búlgara                           bulgarian_split_squat
    Sentadilla goblet                            goblet_squat
    Sentadilla en multipower                     smith_squat
    Press banca                                  bench_press
    Press de banca con mancuernas                dumbbell_bench_press
    Press de banca inclinado                     incline_bench_press
    Press inclinado con mancuernas               incline_dumbbell_bench_press
    Press militar                                overhead_press
    Press militar con mancuernas                 dumbbell_shoulder_press
    Press de hombros en máquina                  machine_shoulder_press
    Peso muerto rumano                           romanian_deadlift
    Peso muerto sumo                             sumo_deadlift
    Peso muerto con mancuernas                   dumbbell_deadlift
    Remo con barra                               barbell_row
    Remo con mancuerna (izquierda)               dumbbell_row
    Remo en polea                                seated_row
    Remo en máquina                              machine_row
    Jalón al pecho                               lat_pulldown
    Dominadas                                    pull_up
    Dominadas lastradas                          weighted_pull_up
    Dominadas asistidas                          assisted_pull_up
    Fondos                                       dip
    Fondos en paralelas                          dip
    Flexiones                                    push_up
    Zancadas                                     lunge
    Zancada derecha                              lunge
    Prensa de piernas                            leg_press
    Prensa                                       leg_press
    Extensión de cuádriceps                      leg_extension
    Extensiones de pierna                        leg_extension
    Curl femoral                                 leg_curl
    Curl femoral tumbado                         leg_curl
    Curl femoral sentado                         seated_leg_curl
    Curl de bíceps                               biceps_curl
    Curl de bíceps con barra                     barbell_curl
    Curl martillo                                hammer_curl
    Elevaciones laterales                        lateral_raise
    Elevaciones frontales                        front_raise
    Aperturas con mancuernas                     chest_fly
    Cruces en polea                              cable_crossover
    Elevación de talones                         calf_raise
    Hip thrust con barra                         hip_thrust
    Puente de glúteos                            glute_bridge
    Encogimientos                                barbell_shrug
    Buenos días                                  good_morning
    Arrancada                                    snatch
"""
ITALIAN = """
    Affondo indietro                             reverse_lunge
    Iperestensioni inverse                       reverse_hyper
    Calf alla pressa                             leg_press_calf_raise
    Curl su panca inclinata                      incline_dumbbell_curl
    Pulldown a braccia tese                      straight_arm_pulldown
    Hip thrust al multipower                     machine_hip_thrust
    Piegamenti sulle ginocchia                   knee_push_up
    Leg curl da seduto                           seated_leg_curl
    Panca piana al multipower                    smith_bench_press
    Rematore a macchina                          machine_row
    Curl ai polsi                                wrist_curl
    Panca piana                                  bench_press
    Stacchi da terra                             deadlift
    Panca piana con manubri                      dumbbell_bench_press
    Panca inclinata                              incline_bench_press
    Panca inclinata manubri                      incline_dumbbell_bench_press
    Panca stretta                                close_grip_bench_press
    Distensioni su panca piana                   bench_press
    Squat frontale                               front_squat
    Squat bulgaro                                bulgarian_split_squat
    Stacco da terra                              deadlift
    Stacco rumeno                                romanian_deadlift
    Stacco sumo                                  sumo_deadlift
    Stacco a gambe tese                          stiff_leg_deadlift
    Lento avanti                                 overhead_press
    Lento avanti con manubri                     dumbbell_shoulder_press
    Rematore con bilanciere                      barbell_row
    Rematore manubrio sinistra                   dumbbell_row
    Pulley basso                                 seated_row
    Lat machine                                  lat_pulldown
    Trazioni                                     pull_up
    Trazioni alla sbarra                         pull_up
    Trazioni presa supina                        chin_up
    Piegamenti                                   push_up
    Piegamenti sulle braccia                     push_up
    Affondi                                      lunge
    Affondi bulgari                              bulgarian_split_squat
    Pressa                                       leg_press
    Alzate laterali                              lateral_raise
    Alzate laterali ai cavi                      cable_lateral_raise
    Alzate frontali                              front_raise
    Croci con manubri                            chest_fly
    Croci ai cavi                                cable_crossover
    Curl con bilanciere                          barbell_curl
    Curl con manubri                             biceps_curl
    Curl a martello                              hammer_curl
    Curl panca Scott                             preacher_curl
    Dip alle parallele                           dip
    Spinte in basso                              triceps_pushdown
    Scrollate                                    barbell_shrug
    Tirate al mento                              upright_row
    Ponte glutei                                 glute_bridge
    Strappo                                      snatch
"""
FRENCH = """
    Développé couché à la machine                machine_chest_press
    Squat barre guidée                           smith_squat
    Fentes arrière                               reverse_lunge
    Élévations latérales à la poulie basse       cable_lateral_raise
    Extensions lombaires                         back_extension
    Pec deck inversé                             reverse_pec_deck
    Tractions assistées                          assisted_pull_up
    Tirage poulie basse                          seated_row
    Curl barre EZ                                ez_bar_curl
    Crunch à la poulie                           cable_crunch
    Développé couché                             bench_press
    Soulevé de terre                             deadlift
    Pompes                                       push_up
    Développé couché haltères                    dumbbell_bench_press
    Développé incliné                            incline_bench_press
    Développé incliné haltères                   incline_dumbbell_bench_press
    Développé couché prise serrée                close_grip_bench_press
    Développé militaire                          overhead_press
    Développé épaules haltères                   dumbbell_shoulder_press
    Soulevé de terre roumain                     romanian_deadlift
    Soulevé de terre sumo                        sumo_deadlift
    Soulevé de terre jambes tendues              stiff_leg_deadlift
    Squat avant                                  front_squat
    Squat bulgare                                bulgarian_split_squat
    Fentes                                       lunge
    Fentes bulgares                              bulgarian_split_squat
    Fentes marchées                              walking_lunge
    Presse à cuisses                             leg_press
    Tractions                                    pull_up
    Tractions supination                         chin_up
    Rowing barre                                 barbell_row
    Rowing haltère droite                        dumbbell_row
    Tirage vertical                              lat_pulldown
    Tirage horizontal                            seated_row
    Tirage menton                                upright_row
    Élévations latérales                         lateral_raise
    Élévations frontales                         front_raise
    Oiseau                                       rear_delt_fly
    Écarté couché haltères                       chest_fly
    Écartés à la poulie                          cable_crossover
    Curl haltères                                biceps_curl
    Curl barre                                   barbell_curl
    Curl marteau                                 hammer_curl
    Curl pupitre                                 preacher_curl
    Leg curl allongé                             leg_curl
    Leg curl assis                               seated_leg_curl
    Extension des jambes                         leg_extension
    Mollets debout                               calf_raise
    Mollets assis                                seated_calf_raise
    Barre au front                               skull_crusher
    Haussements d'épaules                        barbell_shrug
    Pont fessier                                 glute_bridge
    Épaulé-jeté                                  clean_and_jerk
    Arraché                                      snatch
    Dips lestés                                  weighted_dip
"""
UNSURE = """
    Floor Press (Dumbbell)
    Chest Press (Band)
    Lat Pulldown (Band)
    Pullover (Machine)
    Meadows Rows (Barbell)
    Squat Row
    Zottman Curl (Dumbbell)
    Landmine Squat and Press
    Lateral Lunge
    Wall Sit
    Good Mornings am Kabelzug
    Hüft-Liegestütze
    Trizepsdrücken über dem Kopf am Kabelzug
    Développé assis à la machine
    Press en máquina Smith
    Hip thrust con elastico
    Bench press (Leg press)
    Meadows row
    Dumbbell press
    Machine press
    Cable bench press
    Banded bench press
    Smith deadlift
    Machine squat
    Machine deadlift
    Viking press
    Larsen press
    Svend press
    Rowing
    Treadmill
    Yoga
    Plank
    Gainage
    Farmer's carry
    Hack squat (barbell)
    Kettlebell snatch
    Dumbbell clean
    leg
    left
    RPE 8
    machine
    Deadlift bench press
    Squat curl
    Squat press
    Leg press curl
    Bench press, leg press
    Weighted push-up
    Knee flexion
    Leg raise squat
    Triceps extension
    Jerk
    Kickback
    Cable kickback
    Bench press machine squat
    Squat or leg press
    Chest press shoulder press
    Press de piernas y curl
    Kurzhanteldrücken
    Développé haltères
    Distensioni con manubri
    Seated good deadlift machine
    Cable deadlift
    Smith row
    Bodyweight bench press
    Assisted squat
    Landmine curl
    Banded back squat
    Chain bench press
    Lunge press
    Band hip thrust
    Kettlebell clean and jerk
    Trap bar squat
"""


def table(text: str) -> list[tuple[str, str]]:
    """Read a table: what is written, and the exercise that it means."""
    rows = [line.rsplit(maxsplit=1) for line in text.strip().splitlines()]
    return [(written.strip(), exercise) for written, exercise in rows]


@pytest.mark.parametrize(
    ("text", "exercise"), [row for names in (ENGLISH, GERMAN, SPANISH, ITALIAN, FRENCH) for row in table(names)]
)
def test_a_name_means_its_exercise(text: str, exercise: str) -> None:
    """By its words, sides, equipment, grips and positions, in five languages."""
    hit = meant(CATALOGUE, text)

    assert hit is not None and exercise == hit.exercise.exercise
    assert hit == match(CATALOGUE, text).match


@pytest.mark.parametrize("text", [line.strip() for line in UNSURE.strip().splitlines()])
def test_what_is_not_sure_is_no_exercise(text: str) -> None:
    """Two movements, a movement that is several, equipment that no such exercise has, or a word that nobody knows."""
    assert meant(CATALOGUE, text) is None


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Biceps curl L", "left"),
        ("Single Leg Curl (Right)", "right"),
        ("DB row - right", "right"),
        ("Lunge left leg", "left"),
        ("Left leg press", "left"),
        ("left_arm_cable_row", "left"),
        ("Kurzhantelrudern links", "left"),
        ("Einarmiges Kurzhantelrudern (rechte Seite)", "right"),
        ("Remo con mancuerna, brazo derecho", "right"),
        ("Rematore manubrio braccio sinistro", "left"),
        ("Rowing haltère bras droit", "right"),
        ("Zancada pierna izquierda", "left"),
        ("Bulgarian split squat L/R", None),
        ("Lunge each leg", None),
        ("Single arm curl", None),
        ("Bench press", None),
    ],
)
def test_a_side_is_read_from_the_name(text: str, side: str | None) -> None:
    """One side, in words or letters; both or a single limb of either side are none."""
    hit = meant(CATALOGUE, text)

    assert hit is not None and side == hit.side


def test_a_gyms_own_name_is_its_own_as_it_is_written() -> None:
    """In its own language it names the gym's exercise, and takes nothing from what ships in English."""
    ours = Exercise(exercise="kniebeuge_an_der_maschine", name="Kniebeuge", risk="machine", muscle_group="quadriceps")
    catalogue = CATALOGUE.extended([ours])

    assert {
        "Kniebeuge": ours.exercise,
        "kniebeuge": ours.exercise,
        "Squat": "back_squat",
        "Sentadilla": "back_squat",
    } == {
        text: hit.exercise.exercise
        for text in ("Kniebeuge", "kniebeuge", "Squat", "Sentadilla")
        if (hit := meant(catalogue, text)) is not None
    }


def test_a_text_of_many_words_is_no_name() -> None:
    """However many of them are known."""
    assert meant(CATALOGUE, "bench press squat row curl raise dip lunge shrug crunch clean snatch jerk") is None


def words_of(entry: Exercise) -> set[str | None]:
    """Return the words of an exercise's names, and of its forms with other equipment."""
    bare = {name.words - {equipment_word(name.entry)} for name in NAMES if name.entry is entry}
    kin = {name.entry.exercise for name in NAMES if name.words - {equipment_word(name.entry)} in bare}
    own: set[str | None] = {word for name in NAMES if name.entry.exercise in kin for word in name.words}
    return own | {equipment_word(entry), "kettlebell", "ezbar"}


notes = st.sampled_from(
    ["@RPE8", "RPE 8", "5x5", "3 x 10", "@ 80%", "(heavy)", "- top set", "100kg", "225 lbs", "#2", "W2D1"]
)


@settings(deadline=None)
@given(st.sampled_from(NAMES), notes, st.sampled_from(["", " L", " (R)", " - left", ", rechts", " izquierda"]))
def test_notes_and_sides_change_no_exercise(name: Name, note: str, side: str) -> None:
    """A load, sets, an effort or a side behind a name: the same exercise."""
    hit = meant(CATALOGUE, f"{name.written}{side} {note}")

    assert hit is not None and name.entry is hit.exercise


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(["_", "-", ", ", " / ", "camel"]))
def test_how_words_are_joined_changes_no_exercise(name: Name, joint: str) -> None:
    """Snake case, kebab case, commas, camel case: the same exercise."""
    plain = re.findall("[a-z0-9]+", name.written.casefold().replace("'", ""))
    text = plain[0] + "".join(map(str.title, plain[1:])) if joint == "camel" else joint.join(plain)
    hit = meant(CATALOGUE, text)

    assert hit is not None and name.entry is hit.exercise


extras = st.lists(
    st.sampled_from(
        sorted(EQUIPMENT | GRIPS | POSITIONS | set(PARTS) | {"left", "singleleg", "leg", "squat", "press", "hack"})
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(NAMES), extras)
def test_no_reading_is_laxer_than_a_stricter_one(name: Name, extra: list[str]) -> None:
    """What is left out of a name never hides a stricter exercise that the text names with the same equipment."""
    spoken = frozenset((*name.words, *extra))
    hit = meant(CATALOGUE, " ".join((*sorted(name.words), *extra)))

    assume(hit is not None)
    assert hit is not None
    if hit.how == "name" and not hit.ignored:
        return  # exactly a name of the catalogue
    for other in (name for name in NAMES if not name.words <= EQUIPMENT | GRIPS | POSITIONS | set(PARTS)):
        usual = equipment_word(other.entry)
        if (
            other.words <= spoken
            and not (spoken & EQUIPMENT) - other.words - {usual}
            and hit.exercise is not other.entry
        ):
            hidden = other.words - words_of(hit.exercise)
            assert not hidden or STRICTNESS[hit.exercise.risk] >= STRICTNESS[other.entry.risk]


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(NAMES), extras)
def test_no_movement_or_equipment_is_left_out(name: Name, extra: list[str]) -> None:
    """The exercise has every word of the text but those for sides, grips, positions and the muscles it trains."""
    text = " ".join((*sorted(name.words), *extra))
    hit = meant(CATALOGUE, text)

    assume(hit is not None)
    assert hit is not None
    harmless = GRIPS | POSITIONS | {part for part, muscle in PARTS.items() if muscle in hit.exercise.shares}
    harmless |= {"left", "singleleg", "leg", "belt"}
    assert set(words(text)) - harmless <= words_of(hit.exercise)
