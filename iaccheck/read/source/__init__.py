"""source: a folder of configuration -> where each block stands, what its locals say, which waivers are in it."""

from iaccheck.read.source.ignores import Ignore, Target
from iaccheck.read.source.tree import Place, Source, read_source

__all__ = ["Ignore", "Place", "Source", "Target", "read_source"]
