#!/usr/bin/env bash
# docs/workers/worker.sh with work whose outcome the input chooses; see WorkerExample.
source "$(dirname "${BASH_SOURCE[0]}")/../../../../docs/workers/worker.sh"

work() {
    local mode millis=0 step=0
    [[ $1 =~ \"mode\":\"([a-z]+)\" ]] && mode=${BASH_REMATCH[1]}
    [[ $1 =~ \"millis\":([0-9]+) ]] && millis=${BASH_REMATCH[1]}
    [[ $mode != steady ]] || progress 0 1 begun
    ((millis == 0)) || nap "$millis"
    case $mode-$2 in
        crash-1) kill -9 $$; exit ;;
        permanent-*) echo never >&2; return 2 ;;
        poison-* | flaky-1) echo 'not "now"' >&2; return 1 ;;
        nonsense-*) echo '{]'; return ;;
        large-*) printf '"%02097152d"' 0; return ;;
        slow-1) while nap 200; do progress $((++step)) 1000 "still at it"; done ;;
    esac
    echo "{\"by\":\"bash\",\"attempt\":$2}"
}

run
