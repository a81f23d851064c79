"""German, Spanish, Italian and French words of exercises in English.

Stems stand for all their endings, and compounds are taken apart, so that a name follows from its words: *Kurzhantel-
Schrägbankdrücken* is dumbbell, incline, bench, press. Phrases are for names whose words say something else (*peso muerto*).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

_ENDINGS: Final = frozenset(
    ("", "e", "n", "en", "er", "es", "em", "s", "a", "o", "i", "as", "os", "is", "al", "ale", "ali", "ales", "ern", "h")
)
"""Of nouns and adjectives, in any gender, number and case."""
_ENDING_LETTERS_MAX: Final = max(map(len, _ENDINGS))
_STEM_LETTERS_MIN: Final = 4
"""A shorter word with an ending could be another word."""
_PIECE_LETTERS_MIN: Final = 3
_COMPOUND_LETTERS: Final = range(6, 41)

_STEMS: Final[dict[str, str]] = {
    # equipment
    "barbell": "langhantel bilancier barra barras barre barres lh",
    "dumbbell": "kurzhantel mancuern manubri manubrio halter haltere kh",
    "kettlebell": "kugelhantel",
    "ezbar": "sz",
    "smith": "multipress multipower guide guidee guidees",
    "cable": "kabel kabelzug seilzug polea poulie cavo cavi",
    "machine": "maschin maquin macchin gerat",
    "band": "widerstandsband theraband elastic elastico elastici elastique",
    "bodyweight": "korpergewicht eigengewicht",
    "weighted": "lastrad zavorrat leste lestee lestes lestees",
    "assisted": "asistid assistit assistee unterstutzt",
    "rope": "cuerda corda corde seil",
    "bench": "bank banco banca banc panca panche",
    # sides and limbs
    "left": "link izquierd izq izda sinistr sx gauche",
    "right": "recht derech dcha dcho destr dx droite droit",
    "leg": "bein pierna piernas gamba gambe jambe",
    "arm": "brazo brazos braccio braccia bras",
    "hand": "mano manos mani",
    "single": "monolateral",
    "side": "seite lado lato cote",
    "singlearm": "einarmig",
    "singleleg": "einbeinig monopodalic",
    "alternating": "abwechselnd alternierend alterno alterna alternat alterne",
    "knee": "knie rodill ginocchi genoux",
    # positions and grips
    "seated": "sitzend sitzen sentad sedut assis assise",
    "standing": "stehend stehen debout parado pie",
    "lying": "liegend liegen tumbad acostad sdraiat couche allonge allongee",
    "kneeling": "kniend arrodillad inginocchiat",
    "incline": "schrag inclinad inclinat inclinee inclinees",
    "decline": "declinad declinat declinee",
    "flat": "flach piana plano plana",
    "bent over": "vorgebeugt",
    "reverse": "invers inverse inversee invertid umgekehrt",
    "front": "frontal avant delanter anterior",
    "back": "rucken espald schien traser arriere lumbar lombar lombaire lumbale",
    "rear": "hinter posterior",
    "lateral": "seit seitlich lateral laterale",
    "upright": "aufrecht",
    "overhead": "uberkopf",
    "behind neck": "nacken nuque trasnuca",
    "walking": "gehend caminand camminat marche marchee marchees",
    "closegrip": "eng enge enger enges stretta stretto serre serree estrecho cerrado",
    "widegrip": "breit larga largo ancho",
    "low": "tief baja bajo basse basso bassa",
    "high": "hoch hohe hohen alta alto haute haut",
    "box": "kasten caja cajon boite",
    "underhand": "untergriff supina supinas supino supinacion supination",
    "overhand": "obergriff pronacion pronation",
    "neutralgrip": "hammergriff parallelgriff neutro neutra neutre",
    "romanian": "rumanisch ruman roumain romeno rumen",
    "bulgarian": "bulgarisch bulgar",
    "hanging": "hangend colgad appes sospes suspendu suspendue",
    "goblet": "gobelet",
    "diamond": "diamant",
    # muscles
    "chest": "brust pecho petto pettoral pectoral poitrine",
    "shoulder": "schulter hombro spalla spalle epaule",
    "bicep": "bizeps bicipit",
    "tricep": "trizeps tricipit",
    "hamstring": "femoral isquio ischio beinbizeps isquiotibial",
    "quad": "quadrizeps cuadricep quadricipit",
    "glute": "gesass gluteo glutei fessier",
    "calf": "wade gemelo pantorrill polpacci mollet",
    "ab": "bauch addominal",
    "hip": "hufte huft cadera anche hanche",
    "trap": "trapeci trapezi trapez",
    "forearm": "unterarm avambracci antebrazo",
    "wrist": "handgelenk muneca polso polsi poignet",
    # movements
    "squat": "kniebeug sentadill",
    "deadlift": "kreuzheb stacco stacchi sdt",
    "press": "druck distension distensioni developpe spinta spinte",
    "row": "ruder remo rematore rematori",
    "curl": "beug beuger",
    "extension": "streck strecker streckung extensiones estension estensioni",
    "raise": "heben elevacion elevaciones alzata alzate elevation",
    "fly": "fliegend apertur croci ecarte",
    "pulldown": "zieh zug jalon jalones",
    "pullup": "klimmzug klimmzuge dominad trazion traction",
    "pushup": "liegestutz flexiones flessioni piegament pompe",
    "dip": "fondo barrenstutz",
    "lunge": "ausfallschritt zancad estocad affond fente",
    "shrug": "schulterheb encogimiento scrollat",
    "leg press": "prensa pressa",
    "kickback": "patada",
    "pullover": "uberzug uberzuge",
    "hyperextension": "iperestension iperestensioni hiperextension hiperextensiones",
    "hip abduction": "abduktor abductores abduttor abducteur",
    "hip adduction": "adduktor aductor aductores adduttor adducteur",
    "clean": "umsetz cargada girata",
    "snatch": "reiss arrancada strappo arrache",
    "stepup": "aufsteig",
    "hack squat": "hackenschmidt",
    "military": "militar militaire",
    "hammer": "martillo martello marteau",
    "preacher": "predicador pupitre",
    "concentration": "konzentration concentrad concentrat concentre",
    "rear delt fly": "oiseau oiseaux pajaros",
    "paused": "pausa pausad pausiert",
}  # fmt: skip
_PHRASES: Final[dict[str, str]] = {
    # names that say something else
    "deadlift": "peso muerto, souleve terre, stacco terra, stacchi terra",
    "stiffleg": "gestreckten beinen, gestreckte beine, gamba tesa, gambe tese, jambes tendues, piernas rigidas",
    "straightarm": "bras tendus, brazos rigidos, brazos rectos, braccia tese, gestreckten armen",
    "bench press": "developpe couche, distensioni panca, press pecho, developpe poitrine, brustdruck, distensioni petto",
    "decline bench": "negativ bank, negativbank",
    "decline bench press": "negativ bankdruck, negativbankdruck",
    "overhead press": "lento avanti",
    "behind neck press": "lento dietro",
    "behind neck": "tras nuca",
    "leg press": "presse cuisses, presse jambes, prensa piernas, pressa gambe",
    "leg curl": "curl jambes, curl femoral, curl ischios",
    "lying leg curl": "femoral tumbado",
    "seated leg curl": "femoral sentado",
    "lat pulldown": "jalon pecho, polea pecho, tirage vertical, tirage poitrine, tirage poulie haute, lat machine",
    "seated row": "tirage horizontal, tirage poulie basse, pulley basso, remo girond, remo polea baja, rowing assis",
    "t bar row": "remo punta, remo t, remo barra t",
    "t bar": "t stange",
    "barbell row": "rowing barre",
    "bent over row": "rowing buste penche",
    "dumbbell row": "rowing halteres, rowing haltere, tirage bucheron",
    "upright row": "remo menton, tirage menton, rowing menton, tirate mento, tirata mento",
    "face pull": "tirage visage",
    "leg raise": "releve jambes, elevacion piernas, elevaciones piernas, alzate gambe",
    "rear delt raise": "alzate posteriori, elevaciones posteriores, elevations posterieures",
    "calf raise": "elevacion talones, elevaciones talones",
    "leg press calf raise": "gemelos prensa, wadenheben beinpresse, mollets presse cuisses",
    "hip thrust": "empuje cadera, huftstoss",
    "glute bridge": "puente gluteo, ponte glutei, pont fessier",
    "good morning": "buenos dias, guten morgen",
    "skull crusher": "barre front, stirndruck, rompecraneos",
    "french press": "press frances",
    "tricep pushdown": "trizepsdruck, jalon triceps, extension triceps poulie haute, extension triceps polea alta, "
    "spinte in basso, extensiones triceps polea alta",
    "shrug": "haussement epaules, haussements epaules, encogimientos hombros, scrollate spalle",
    "step up": "montee banc, subida cajon, subidas cajon",
    "forward lunge": "fentes avant, zancada adelante",
    "reverse lunge": "fentes arriere, zancada atras, affondi dietro, affondi indietro",
    "crossover": "cruce polea, cruces polea, cruce poleas, kabelzug uber kreuz",
    "push up": "flexiones pecho, flexiones brazos, piegamenti braccia",
    "clean": "girata petto",
    "clean and jerk": "slancio, umsetzen stossen, cargada envion, cargada dos tiempos, epaule jete",
    "power clean": "cargada potencia",
    "push press": "stossdruck",
    # equipment
    "trapbar": "barra hexagonal, barre hexagonale",
    "ezbar": "barra z, barra ez, barre ez, sz stange, sz hantel, bilanciere ez, bilanciere sagomato",
    "straightbar": "barre droite, barra recta, barra dritta",
    "smith": "cadre guide, barre guidee, barra guiada, maquina smith, macchina smith",
    "preacher": "panca scott, banco scott, scottbank, scott bank",
    "preacher curl": "scottcurl",
    "parallel bar": "parallele, paralelas",
    # positions, limbs
    "standing": "in piedi",
    "underhand": "presa inversa, agarre supino, agarre inverso, prise supination, prise inversee, engen untergriff",
    "closegrip": "presa stretta, agarre estrecho, agarre cerrado, prise serree, enger griff, engem griff",
    "widegrip": "presa larga, agarre ancho, prise large, breiter griff, breitem griff",
    "singlearm": "ein arm, einem arm, einer hand, una mano, un brazo, une main, un bras, un braccio",
    "singleleg": "ein bein, einem bein, una pierna, une jambe, una gamba",
    "twoarm": "dos manos, due mani, deux mains, beidarmig, dos brazos",
    "left hand": "main gauche",
    "right hand": "main droite",
    "each side": "pro seite, je seite, por lado, cada lado, per lato, par cote, chaque cote",
    "each leg": "pro bein, je bein, por pierna, cada pierna, per gamba, par jambe",
    "each arm": "pro arm, je arm, por brazo, cada brazo, per braccio, par bras",
    "bodyweight": "ohne equipment, ohne gerat, corpo libero, peso corporal, poids corps, sans materiel, sin equipo",
    "": "convencional, convenzional, conventionnel, konventionell, klassisch, clasico, classico, classique, leicht, schwer, "
    "barra fija, barre fixe, sbarra, klimmzugstange, suelo, boden, peso libre, freie gewichte, "
    "presa, prise, agarre, griff",
}
_FILLERS: Final = frozenset(
    {
        *("mit", "am", "im", "auf", "der", "die", "das", "dem", "den", "zum", "zur", "und", "vom", "von", "beim"),
        *("a", "de", "del", "el", "los", "las", "la", "al", "con", "en", "sobre", "desde"),
        *("para", "entre", "pour", "fur", "an", "uno"),
        *("di", "da", "il", "lo", "gli", "le", "alla", "alle", "allo", "ai", "col", "su", "sul", "sulla", "sulle"),
        *("du", "des", "les", "au", "aux", "avec", "sur", "et", "dal", "dalla", "della"),
    }
)
_IN_COMPOUNDS: Final = frozenset(
    {
        *("arm", "back", "bench", "butterfly", "cable", "concentration", "crunch", "curl", "dip", "front", "goblet"),
        *("hammer", "lat", "leg", "power", "press", "scott", "squat", "sumo"),
    }
)
"""English words that German compounds are made with (*Hammercurls*)."""


@cache
def _stems() -> Mapping[str, str]:
    return {stem: english for english, stems in _STEMS.items() for stem in stems.split()}


@cache
def _phrases() -> Mapping[tuple[str, ...], str]:
    return {
        tuple(_root(word) for word in phrase.split()): english
        for english, phrases in _PHRASES.items()
        for phrase in phrases.split(", ")
    }


@cache
def _phrase_words() -> frozenset[str]:
    return frozenset(word for phrases in _PHRASES.values() for word in phrases.replace(",", "").split())


@cache
def _phrase_roots() -> frozenset[str]:
    return frozenset().union(*_phrases())


@cache
def _phrase_words_max() -> int:
    return max(map(len, _phrases()))


def in_english(words: Sequence[str]) -> list[str]:
    """Translate the plain words of a name; English words, and those of other languages, stay.

    >>> in_english(["langhantelrudern"]), in_english(["press", "de", "banca", "inclinado"]), in_english(["back", "squats"])
    (['barbell', 'row'], ['press', 'bench', 'incline'], ['back', 'squats'])
    """
    if all(word not in _FILLERS and _root(word) not in _phrase_roots() and _word(word) == word for word in words):
        return list(words)
    return list(_translated([word for word in words if word not in _FILLERS]))


def _translated(words: Sequence[str]) -> Iterator[str]:
    roots = [_root(word) for word in words]
    phrases, index = _phrases(), 0
    while index < len(words):
        for length in range(min(_phrase_words_max(), len(words) - index), 0, -1):
            phrase = phrases.get(tuple(roots[index : index + length]))
            if phrase is not None:
                yield from phrase.split()
                index += length
                break
        else:
            yield from _word(words[index]).split()
            index += 1


def _word(word: str) -> str:
    """Return a word in English: by its stem, or by those of its pieces; itself where it has none."""
    stems = _stems()
    if (stem := _stem(word, stems)) is not None:
        return stems[stem]
    pieces = _pieces(word) if len(word) in _COMPOUND_LETTERS else None
    if pieces is None or all(piece in _IN_COMPOUNDS for piece in pieces):
        return word
    return " ".join(stems.get(piece, piece) for piece in pieces)


def _root(word: str) -> str:
    """Return the shortest stem of a word in the tables, else the word: forms of a word have one root."""
    stems = [stem for table in (_phrase_words(), _stems()) for stem in _stems_of(word, table)]
    return min(stems, key=len, default=word)


def _stem(word: str, table: Container[str]) -> str | None:
    return next(_stems_of(word, table), None)


def _stems_of(word: str, table: Container[str]) -> Iterator[str]:
    """Yield the stems in a table that a word may be a form of, the longest first."""
    for form in dict.fromkeys((word, _plain_umlauts(word))):
        for letters in range(min(_ENDING_LETTERS_MAX, len(form)) + 1):
            stem, ending = form[: len(form) - letters], form[len(form) - letters :]
            if stem in table and ending in _ENDINGS and (not letters or len(stem) >= _STEM_LETTERS_MIN):
                yield stem


def _plain_umlauts(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _pieces(word: str) -> list[str] | None:
    """Return the stems that a compound consists of, the longest first; None for what is no compound of these.

    >>> _pieces("kurzhantelbankdrucken"), _pieces("hammercurls"), _pieces("latitude")
    (['kurzhantel', 'bank', 'druck'], ['hammer', 'curl'], None)
    """
    if not word:
        return []
    for end in range(len(word), _PIECE_LETTERS_MIN - 1, -1):
        for stems in (_stems(), _IN_COMPOUNDS):
            stem = _stem(word[:end], stems)
            if stem is not None and (rest := _pieces(word[end:])) is not None:
                return [stem, *rest]
    return None
