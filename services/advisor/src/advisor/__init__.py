"""Holds each estimate against exercise, lifter and weekly budget, gives the advice and delivers it."""
