"""In memory: the model that tests crash between any two effects."""
