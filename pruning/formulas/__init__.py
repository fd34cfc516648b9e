"""Formulas that people type, such as ``y > sin(3 x)``: read by a grammar, never by Python.

::

    formula     = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | comparison
    comparison  = sum [ ( "<" | "<=" | ">" | ">=" ) sum ]
    sum         = product { ( "+" | "-" ) product }
    product     = signed { ( "*" | "/" ) signed | power }
    signed      = ( "-" | "+" ) signed | power
    power       = atom [ "^" signed ]
    atom        = number | name | function "(" formula { "," formula } ")" | "(" formula ")"

Where nothing stands between two factors they are multiplied, from left to right as with ``*``, so
that ``1/2 x`` is half of x; the second of them does not begin with a digit. Names are ``x``,
``y``, ``r`` (the distance from the origin), ``t`` (the angle from the x axis, from -pi to pi),
``pi`` and ``e``. A comparison is 1 where it holds and 0 elsewhere, so that comparisons can be
counted: ``(x > 0) + (y > 0)``. Where any part of a formula has no value, as ``log(x)`` has none
left of the y axis, the whole has none.
"""
