"""A seeded walker: goes through the app as a person does and looks, after every action, whether all is well.

``plan`` draws what to do, ``judge`` says what must hold, ``shrink`` finds the shortest sequence that breaks;
they are pure. ``drive`` does it in a browser, with ``probe.js`` in the page as its eyes.
"""
