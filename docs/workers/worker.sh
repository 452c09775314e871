#!/usr/bin/env bash
# Works on jobs of a queue of Ringback, one at a time; run as many as you like. bash 4 or newer, curl and sed, nothing else.
#     GATEWAY=http://127.0.0.1:8080 TYPE=thumbnails bash worker.sh
set -um # -m: each job of the shell is a process group, which can be ended as a whole
LEASE=${LEASE:-30} # seconds without a heartbeat, then somebody else gets the job
GRACE=${GRACE:-20} # seconds that a job may take after SIGTERM before it is given back

# What you do about a job goes here: prints the result, as JSON. $1 is the input, $2 the attempt. What it returns: 0 it is done,
# 2 it failed and would again, anything else it failed and is tried again; the last line on standard error says why.
# It is ended by SIGTERM when the result is not wanted any more.
work() {
    local pages page
    pages=$(sed -n 's/.*"pages": *\([0-9]\{1,\}\).*/\1/p' <<<"$1") # jq reads all
    [[ $pages ]] || { echo "no pages in the input" >&2; return 2; }
    for ((page = 1; page <= pages; page++)); do
        sleep 0.1
        progress "$page" "$pages" "page $page"
    done
    echo "{\"pages\":$pages}"
}

# post PATH BODY [SECONDS]: prints the answer and, on a line of its own, the status; 000 where the gateway is away or its answer breaks off.
post() {
    curl -s -m "${3:-10}" -w '\n%{http_code}' -H 'Content-Type: application/json' \
        ${TOKEN:+-H "Authorization: Bearer $TOKEN"} --data-binary "$2" "$GATEWAY$1" || echo $'\n000'
}

nap() { # sleeps for so many milliseconds; a signal wakes it
    sleep $(($1 / 1000)).$(printf %03d $(($1 % 1000))) &
    wait $!
}

pause() { # sleeps the longer the more failures there were, and not quite the same each time
    local most=$((200 << ($1 < 6 ? $1 : 6)))
    nap $((most / 2 + RANDOM % (most / 2)))
}

# $1 of $2, and a word. An end of this script by kill -9 does not end the work: it ends itself here.
progress() {
    kill -0 $$ 2>/dev/null || exit
    post "/jobs/$job/events" "{\"leaseId\":\"$lease\",\"progress\":{\"current\":$1,\"total\":$2,\"message\":\"$3\"}}" >/dev/null
}

# Heartbeats until the job is not ours any more, because it was cancelled or another worker has it; then ends the work, $1.
beat() {
    local rest=$((seconds * 1000 / 3))
    while nap $rest && kill -0 $$; do
        rest=$((seconds * 1000 / 3))
        case $(post "/jobs/$job/events" "{\"leaseId\":\"$lease\"}" $((seconds < 40 ? seconds / 4 + 1 : 10))) in
            *'"cancelled":true'* | *$'\n'40[49] | *$'\n'410) quit "$1" cancelled ;;
            *$'\n'[05]?? | *$'\n'408 | *$'\n'429) rest=$((seconds < 10 ? seconds * 100 : 1000)) ;;
        esac
    done 2>/dev/null
}

quit() { # ends the work, $1, and says why
    : >"$dir/$2"
    kill -TERM -- "-$1" 2>/dev/null
}

# Tells the gateway how the job ended until it has heard, or would refuse it again; whether the job ended so.
end() {
    local tries=0 status=
    echo "{\"leaseId\":\"$lease\",$1}" >"$dir/end"
    until [[ $status =~ ^(200|40[^8]|41.|42[0-8])$ || -e $dir/late && tries -gt 1 ]]; do
        [[ ! $status ]] || pause $tries
        status=$(post "/jobs/$job/events" "@$dir/end")
        status=${status##*$'\n'}
        ((++tries))
    done
    [[ $status != 400 && $status != 413 ]]
}

# Works on what was leased: $1 is the gateway's answer. The quotes in texts are escaped in it, and the input is last.
finish() {
    local lease job attempt seconds input=null beating result code=none
    [[ $1 =~ \"leaseId\":\"([^\"]+)\" ]] && lease=${BASH_REMATCH[1]}
    [[ $1 =~ \"leaseSeconds\":([0-9]+) ]] && seconds=${BASH_REMATCH[1]}
    [[ $1 =~ \"jobId\":\"([^\"]+)\" ]] && job=${BASH_REMATCH[1]}
    [[ $1 =~ \"attempt\":([0-9]+) ]] && attempt=${BASH_REMATCH[1]}
    [[ $1 == *',"input":'* ]] && input=${1#*',"input":'} && input=${input%\}}
    rm -f "$dir"/*
    (work "$input" "$attempt" >"$dir/result" 2>"$dir/error" </dev/null; echo $? >"$dir/code") &
    working=$!
    beat $working & beating=$!
    [[ $stopping ]] && stop
    while wait $working; kill -0 $working; do :; done 2>/dev/null # a signal ends a wait too early
    working=
    { disown $beating; kill -KILL -- -$beating; } 2>/dev/null # a child that has just begun may take any other signal for nothing
    [[ -s $dir/code ]] && code=$(<"$dir/code")
    if [[ $code == 0 ]]; then
        result=$(<"$dir/result")
        end "\"status\":\"completed\",\"result\":${result:-null}" && return
        code=2
        echo "the result was refused: it is no JSON, or too large" >"$dir/error"
    fi
    if [[ $code == none && -e $dir/late ]]; then
        end '"status":"queued"'
    elif [[ ! -e $dir/cancelled ]]; then
        local retryable=true
        [[ $code == 2 ]] && retryable=false
        end "\"status\":\"failed\",\"error\":{\"code\":\"exit-$code\",\"message\":\"$(
            sed '$!d; s/[\\"]/\\&/g; s/[[:cntrl:]]/ /g' "$dir/error")\",\"retryable\":$retryable}"
    fi
}

# SIGTERM: ends the wait for a job; lets work finish, or gives it back when that takes too long.
stop() {
    stopping=yes
    [[ ! $waiting ]] || kill -INT -- "-$waiting"
    [[ ! $working ]] || { { sleep "$GRACE"; quit "$working" late; } & later=$!; }
} 2>/dev/null

leave() { # also runs in children that are ended before they have forgotten the traps of this process
    [[ $BASHPID == $$ ]] || return
    rm -rf "$dir"
    [[ ! $later ]] || kill -TERM -- "-$later" 2>/dev/null
}

run() {
    local failures=0 answer asked
    stopping= waiting= working= later=
    dir=$(mktemp -d)
    trap leave EXIT
    trap stop TERM
    while [[ ! $stopping ]]; do
        asked=$SECONDS
        post "/queues/$TYPE/lease?wait=30&lease=$LEASE&worker=$HOSTNAME-$$" '{}' 40 >"$dir/lease" &
        waiting=$!
        [[ $stopping ]] && stop
        wait $waiting 2>/dev/null
        waiting=
        answer=$(<"$dir/lease")
        case $answer in
            '{"leaseId":'*$'\n200') failures=0 && finish "${answer%$'\n'*}" ;;
            *$'\n204') ((SECONDS - asked > 1)) && failures=0 || pause $((++failures)) ;; # at once: it lets nobody wait now
            *) [[ $stopping ]] || { echo "no lease: $answer" >&2; pause $((++failures)); } ;;
        esac
    done
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || run
