"""Holds each estimate against exercise, lifter and weekly budget and gives the advice."""
