#!/bin/bash -eu
# The project builds itself in the same way for ClusterFuzzLite.
exec bash -eux "$SRC/lastgood/.clusterfuzzlite/build.sh"
