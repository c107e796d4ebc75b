before() { :; }
after() { aitta --json status | jq -e '.timedDestruction.clock == "believed"'; }
