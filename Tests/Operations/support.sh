# For scenes: what they ask the vault, and what they keep from one machine for another.

# The recovery key, as it is on paper.
paper=/mnt/paper

# A person with this reference; prints the id.
person() {
    aitta --purpose order --json records create --json-file - <<< \
        "{\"kind\":\"person\",\"reference\":\"$1\",\"fields\":{\"name\":{\"given\":\"Aino\",\"family\":\"Korhonen\"},\"email\":\"aino@example.fi\"}}" |
        jq -r .id
}

# Fails unless a record reads with this state: 200 or 410.
reads() {
    local status
    status=$(curl -s -o /dev/null -w '%{http_code}' --unix-socket /run/aitta/aitta.sock \
        -H 'Aitta-Purpose: data-subject-rights' "http://vault/v1/records/$1")
    [ "$status" = "$2" ] || { echo "record $1 answers $status, not $2"; return 1; }
}

# Gives root, as whom the scenes ask, all roles; the daemon is stopped.
grant_all() {
    for role in admin dpo checkout customer-service billing marketing auditor key-custodian; do
        runuser -u aitta -- aittad grant "user:root=$role" --reason rehearsal
    done
}

# Says what the blocks find in $ID and $GRANT.
variables() { printf '%s\n' "$@" > /run/variables; }

generation() { aitta --json keys status | jq -r .keyringGeneration; }
