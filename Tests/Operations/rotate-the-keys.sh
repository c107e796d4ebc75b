before() {
    person R-2 > /run/erased
    aitta --purpose data-subject-rights records erase "$(cat /run/erased)" --reason erasure-request > /dev/null
}
after() {
    curl -sf --unix-socket /run/aitta/aitta.sock \
        "http://vault/v1/records/$(cat /run/erased)/erasure" | jq -e '.items | any(.final)'
    # The timer's service rotated once more, as a user of its own.
    [ "$(aitta --json keys status | jq .epoch)" = 3 ]
}
