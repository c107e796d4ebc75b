before() { :; }
after() { aitta --json grants list | grep -q 300; }
