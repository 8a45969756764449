"""Workbooks are read in a process apart.

Their reader holds a sheet as a whole, and a damaged or hostile file makes it ask for any amount
of memory and end its process. That must not be the worker that other batches share.
"""
