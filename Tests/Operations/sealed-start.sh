# machine: new
before() {
    echo "kuusi sanaa riittää vielä paremmin" > /run/input
    runuser -u aitta -- aittad init --passphrase-file - < /run/input
}
after() {
    curl -sf --unix-socket /run/aitta/aitta.sock http://vault/readyz
    systemctl stop aittad
}
