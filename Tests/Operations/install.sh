before() { mkdir -p /run/lock; id www-data > /dev/null; }
after() {
    [ "$(stat -c '%U %a' /var/lib/aitta)" = "aitta 700" ]
    [ "$(stat -c '%U %a' /etc/aitta/keys)" = "aitta 700" ]
    id -nG www-data | grep -qw aitta-clients
    grep -q '^  group: aitta-clients$' /etc/aitta/aitta.yaml
}
