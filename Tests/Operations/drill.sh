before() { :; }
after() { [ ! -e /var/lib/aitta/drill ]; }
