before() {
    aitta --json keys status | jq .epoch > /run/epoch
    ls /etc/aitta/keys/root*.key > /run/old.key
    sed -n 's/^public key *//p' /mnt/other/vault.txt > /run/public.key
}
after() {
    reads "$(cat /run/first)" 200
    [ "$(aitta --json keys status | jq .epoch)" = $(($(cat /run/epoch) + 1)) ]
    if grep -qxF "$(ls /etc/aitta/keys/root*.key)" /run/old.key; then
        echo "the former root key is there still"
        return 1
    fi
    new=$(aitta --json keys status | jq -r '.keys[0].publicKey')
    [ "$(sed -n 's/^public key *//p' /mnt/other/vault.txt)" = "$new" ]
    if grep -qF "$new" /run/public.key; then
        echo "the public key is the former one"
        return 1
    fi
    jq -e '.changes[-1].statement.leftUnderOldKeys == 0' /mnt/other/key-history.json
    cmp /etc/aitta/keys/keyring/escrow /mnt/other/escrow
    systemctl stop aittad
    runuser -u aitta -- aittad check
    systemctl start aittad
}
