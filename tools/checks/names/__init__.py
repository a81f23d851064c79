"""Rules of names: modules are nouns, a public class name exists once, a variable says what it holds."""
