"""What a rebuild costs on each engine; `docs/decisions/` tells what came of it."""
