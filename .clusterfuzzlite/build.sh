#!/bin/bash -eu
# Builds the fuzz targets for OSS-Fuzz and ClusterFuzzLite, whose environment this expects: $CC, $CXX, $CFLAGS, $CXXFLAGS,
# $LIB_FUZZING_ENGINE, $SANITIZER, $FUZZING_ENGINE, $SRC, $WORK, $OUT. LASTGOOD_TARGETS names fewer targets.
cd "$SRC/lastgood"

# Targets with a bug to find (canary, plugin) are not for a fuzzing service, nor is sign_in: the plug-in of GSSAPI that it
# needs is none that a folder can bring along.
core='step oracle'
linked='trace differential embedded selectors recording vector host_file chunking http_head sealing soap wql wsman'
targets=${LASTGOOD_TARGETS:-$core $linked}
[ "$SANITIZER" != memory ] || targets=$core # the others link libraries that are not instrumented

declare -A words=([embedded]=xml [chunking]=xml [http_head]=xml [sealing]=xml [soap]=xml [wsman]=xml
    [selectors]=wql [wql]=wql [recording]=json [vector]=json [host_file]=json)
declare -A longest=([step]=2304 [selectors]=1024 [wql]=1024 [chunking]=2048 [embedded]=4096 [host_file]=4096 [http_head]=4096
    [recording]=8192 [vector]=8192 [sealing]=8192 [soap]=8192 [wsman]=8192)

# What makes seeds and dictionaries runs here, so it is built without sanitizers.
env -u CFLAGS -u CXXFLAGS CC="${TOOLS_CC:-clang}" cmake -S . -B "$WORK/tools" -G Ninja
cmake --build "$WORK/tools" --target seeds dictionaries

mutates=OFF
[ "$FUZZING_ENGINE" != libfuzzer ] || mutates=ON
cmake -S . -B "$WORK/fuzz" -G Ninja -DCMAKE_BUILD_TYPE=None -DLASTGOOD_FUZZ=external \
    -DLASTGOOD_ENGINE_LIBRARY="$LIB_FUZZING_ENGINE" -DLASTGOOD_ENGINE_MUTATES=$mutates
read -ra names <<<"$targets"
cmake --build "$WORK/fuzz" --target "${names[@]/#/fuzz_}"

# Shared libraries of the system go with the programs that need them.
copy_libraries() {
    local library
    mkdir -p "$OUT/lib"
    ldd "$1" | awk '$3 ~ "^/" {print $3}' | while read -r library; do
        case ${library##*/} in
        libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libresolv.so.* | libstdc++.so.* | libgcc_s.so.*) ;;
        *) cp -Lu "$library" "$OUT/lib/" ;;
        esac
    done
}

# The seeds of a target, flat, as a zip.
pack_seeds() {
    local folder=$WORK/seeds/$1
    mkdir -p "$folder"
    cp "fuzz/corpus/$1/"* "$folder/"
    case $1 in
    step | oracle | trace | differential) find "$WORK/tools/seeds" -type f -exec cp -t "$folder" {} + ;;
    soap | wsman) cp "$WORK/tools/seeds-wire/soap/"* "$folder/" ;;
    embedded | recording) cp "$WORK/tools/seeds-wire/$1/"* "$folder/" ;;
    vector) cp conformance/vectors/*.json "$folder/" ;;
    esac
    rm -f "$OUT/$1_seed_corpus.zip"
    (cd "$folder" && python3 -m zipfile -c "$OUT/$1_seed_corpus.zip" ./*)
}

for target in $targets; do
    cp "$WORK/fuzz/bin/fuzz_$target" "$OUT/$target"
    copy_libraries "$WORK/fuzz/bin/fuzz_$target"
    pack_seeds "$target"
    printf '[libfuzzer]\nmax_len = %s\n' "${longest[$target]:-1152}" >"$OUT/$target.options"
    if [ "${words[$target]:-}" ]; then
        cp "$WORK/tools/${words[$target]}.dict" "$OUT/$target.dict"
        printf 'dict = %s.dict\n' "$target" >>"$OUT/$target.options"
    fi
done
