before() {
    aitta --json keys status | jq .epoch > /run/epoch
    ls /etc/aitta/keys/root*.key > /run/old.key
}
after() {
    reads "$(cat /run/first)" 200
    [ "$(aitta --json keys status | jq .epoch)" = $(($(cat /run/epoch) + 1)) ]
    if grep -qxF "$(ls /etc/aitta/keys/root*.key)" /run/old.key; then
        echo "the former root key is there still"
        return 1
    fi
    jq -e '.changes[-1].statement.leftUnderOldKeys == 0' /mnt/other/key-history.json
    cmp /etc/aitta/keys/keyring/escrow /mnt/other/escrow
    systemctl stop aittad
    runuser -u aitta -- aittad check
    systemctl start aittad
}
