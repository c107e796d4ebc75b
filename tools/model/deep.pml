/*
 * A deep rotation, for spin: every key anew while the vault serves. See docs/MODEL.md; rotation.pml has what
 * every rotation has. Run it with tools/model/check.
 *
 * One process takes one step at a time, of all that are possible: a user's commit, prepared then or long
 * before; a step of the rotation; a fault; a crash. After every step `judge` holds the properties against the
 * state. There is one deep rotation; keys are old (0) or new (1).
 *
 * Each WRONG_… differs in one thing. The check must find every one of them.
 */

/* Bounds; tools/model/check sets them. */
#ifndef CREATIONS
#define CREATIONS 0
#endif
#ifndef UPDATES
#define UPDATES 0
#endif
#ifndef ERASURES
#define ERASURES 0                      /* of whole records */
#endif
#ifndef PARTS
#define PARTS 0                         /* of a record's value, the compartment of its own */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef REVERTS
#define REVERTS 0                       /* database and ledger put back together from an older copy */
#endif
#ifndef OUTAGES
#define OUTAGES 1                       /* of the replicas, or of the backup's destination */
#endif

#define RECORDS  3                      /* 0 and 1 in segments of their own; 2 is made later, in 1 or in a new one */
#define SEGMENTS 3
#define VALUES   3                      /* of the unique field, from 1 */
#define ENTRIES  8                      /* of the ledger */

#define bit(n)     (1 << (n))
#define segment(r) ((r) == 2 -> seat : (r))

mtype = {
    /* RotationStep, and where no rotation runs */
    idle, writeMiddleKeyring, appendBegun, publishNewKeys, resealRecords, renewVaultBox, renewTombstones,
    rewriteLedger, renewRootKey, writeKeysPart, writeFinalKeyring, stateEndOfOldKeys, certifyFinality,
    clearOldIndex,
    /* what the vault does */
    down, serving,
    /* whose commit is under way, and how far it is */
    nobody, user, rotation, start,
    none, counted, appended, logged, written,
    /* what the user asked for */
    erase, erasePart, update, create
};

/* ---- What lies on disks */

#define ABSENT 0
#define HERE   1
#define ERASED 2                        /* a tombstone */
typedef Database {
    byte state[RECORDS];
    byte value[RECORDS];                /* of the unique field; 0: its compartment is erased */
    byte generation[RECORDS];
    bit sealed[RECORDS];                /* the keys of it: the segment key that seals its box, its DEKs, its index value */
    bit tombstone[RECORDS];             /* the control key of its tombstone */
    bit epoch[SEGMENTS];                /* the segment's key, and the KEK that wraps it */
    bit third;                          /* segment 2 is there */
    byte old[VALUES + 1];               /* the old index: who stands under a value */
    byte new[VALUES + 1];
    bit vaultBox;
    bit count;                          /* the key that authenticates the count of the ledger's entries */
    byte history;                       /* 0; 1: new keys published; 2: their statement, too */
}
#define LIVE   0                        /* as SQLite shows it */
#define SYNCED 1                        /* as it is on disk */
#define OLDER  2                        /* an older copy of it */
Database db[2 + REVERTS];
byte seat;                              /* the segment of record 2 */

/* Files, each replaced as a whole: written, then synced. */
#define REPLICA        0                /* keyring and escrow */
#define LOCAL          1
#define ROOT_KEY       2                /* the new root key's file: 0, 1 */
#define NOTE           3                /* the sources that the vault's note names: the old, both, the new */
#define LEDGER         4                /* the key that authenticates it */
#define LEDGER_REPLICA 5
#define FILES          6
byte file[FILES];                       /* as it reads */
byte fileSynced[FILES];                 /* as it is on disk */
bool oldRootKey = true;                 /* its file is there */

/* Keyrings, and the root key that seals each. */
#define OLD     0
#define MIDDLE  1                       /* {old, new} */
#define RENEWED 2                       /* {old, new}, under the new root key */
#define FINAL   3                       /* {new} */
#define has(keyring, key) ((key) -> (keyring) != OLD : (keyring) != FINAL)
#ifdef WRONG_ROOT_KEY_KEPT
#define rootKeyOf(keyring) 0
#else
#define rootKeyOf(keyring) ((keyring) >= RENEWED)
#endif

/* The ledger: erasure of record r; of its value, whose DEK is old or new; events 6, 10 and 7. */
#define ERASURE(r)   (1 + (r))
#define PART(r, dek) (4 + 2 * (r) + (dek))
#define BEGUN   20
#define CHANGED 21
#define SETTLED 22
byte ledger[ENTRIES];                   /* entry n at n - 1 */
byte ledgerLength, ledgerSynced, ledgerReplica;

/* The newest parts of a backup. */
bit keysPart;                           /* the keys of it */
byte recordsParts = bit(0);             /* the DEKs under which there is a records part: a mask */

#if REVERTS
bool isCopied;
byte olderLength; bit olderKey;         /* of the ledger in the older copy */
#endif

/* ---- The daemon's memory */

mtype phase = down;
byte ring;                              /* the keyring in use */
mtype holder = nobody;                  /* of the commit thread */
mtype commit = none;
mtype step = idle;
byte at;                                /* the file, or the segment, that the step is at */
bool fileWritten;                       /* the step's file is written, not synced */
bool boxesRead;                         /* the records of segment `at` are read, to be sealed anew */
bit counting;                           /* the key of the count that the commit under way writes */
#ifdef WRONG_LEDGER_APPENDED_MEANWHILE
byte rewrittenLength;
#endif
#ifdef WRONG_REPLICA_BELIEVED_FROM_BEFORE
bool isBelieved;
#endif
#ifdef WRONG_RESEAL_OVERTAKEN
byte readValue[RECORDS], readGeneration[RECORDS];
#endif

/* A commit that a user asked for: `now`, the one under way; `later`, one that was prepared. */
typedef Request {
    mtype what;
    byte record, value, seat;
    bit sealed;                         /* the segment key that seals it */
    byte keys;                          /* the version of the keys that it was prepared with */
    byte generation;                    /* of the record, as read */
    byte ignored                        /* mask of those that stand under its value and were seen not to have it */
}
Request now, later;

/* ---- The world */

#define NONE        0
#define REPLICAS    1
#define DESTINATION 2
byte away;                              /* what is out of reach */
byte crashes, reverts, outages, creations, updates, erasures, parts;
#ifdef PROGRESS
bool calm;                              /* no more requests or faults, and everything within reach */
bool ended;
#endif

/* ---- What was promised */

byte acknowledged[RECORDS];             /* the generation of the last write answered */
byte erasureAnswered[RECORDS];          /* 1: holds for ever. 2: the ledger's replica was named as missing */
byte partAnswered[RECORDS];
byte erasureWanted;                     /* mask of records */

/* Not part of a state: empty between steps. */
hidden byte i, k, number, found, others, having, entries, stale, under, sought, was, into, control, leftOld;

/* ---- Parts of steps */

inline copyDatabase(to, from) {
    for (i : 0 .. RECORDS - 1) {
        db[to].state[i] = db[from].state[i];
        db[to].value[i] = db[from].value[i];
        db[to].generation[i] = db[from].generation[i];
        db[to].sealed[i] = db[from].sealed[i];
        db[to].tombstone[i] = db[from].tombstone[i]
    }
    for (i : 0 .. SEGMENTS - 1) { db[to].epoch[i] = db[from].epoch[i] }
    for (i : 1 .. VALUES) {
        db[to].old[i] = db[from].old[i];
        db[to].new[i] = db[from].new[i]
    }
    db[to].third = db[from].third;
    db[to].vaultBox = db[from].vaultBox;
    db[to].count = db[from].count;
    db[to].history = db[from].history
}

/* The version of the keys: a new root key changes none of them. */
#define version(keyring) ((keyring) == OLD -> 0 : ((keyring) == FINAL -> 2 : 1))

inline append(entry) {
    assert(ledgerLength < ENTRIES);
    ledger[ledgerLength] = entry;
    ledgerLength++
}

inline cutLedger(length) {
    do
    :: ledgerLength > length -> ledgerLength--; ledger[ledgerLength] = 0
    :: else -> break
    od
}

/* number: of the ledger's entry, or 0. */
inline find(entry) {
    number = 0;
    for (i : 1 .. ledgerLength) {
        if
        :: ledger[i - 1] == (entry) -> number = i
        :: else
        fi
    }
}

inline enter(r, v) {
#ifdef WRONG_ENTERS_INDEX_BEFORE
    if
    :: ring == FINAL -> db[LIVE].new[v] = db[LIVE].new[v] | bit(r)
    :: else -> db[LIVE].old[v] = db[LIVE].old[v] | bit(r)
    fi
#else
    if
    :: into -> db[LIVE].new[v] = db[LIVE].new[v] | bit(r)
    :: else -> db[LIVE].old[v] = db[LIVE].old[v] | bit(r)
    fi
#endif
}

inline leave(r, v) {
    if
    :: v && into -> db[LIVE].new[v] = db[LIVE].new[v] & (7 - bit(r))
    :: v && !into -> db[LIVE].old[v] = db[LIVE].old[v] & (7 - bit(r))
    :: else
    fi
}

/* A record changes. The resealing under way must read it again: its commit checks generations. And what was
   seen of it counts no more: whoever passed it over pinned the generation that it had. */
inline change(r) {
#ifndef WRONG_RESEAL_OVERTAKEN
    if
    :: step == resealRecords && boxesRead && at == segment(r) -> boxesRead = false
    :: else
    fi;
#endif
#ifndef WRONG_PASSED_OVER_FOR_EVER
    later.ignored = later.ignored & (7 - bit(r))
#endif
}

inline eraseRecord(r) {
    change(r);
    was = db[LIVE].value[r];
    leave(r, was);
    db[LIVE].state[r] = ERASED;
    db[LIVE].value[r] = 0;
    db[LIVE].generation[r] = 0;
    db[LIVE].sealed[r] = 0;
    db[LIVE].tombstone[r] = control
}

inline eraseValue(r) {
    change(r);
    was = db[LIVE].value[r];
    leave(r, was);
    db[LIVE].value[r] = 0;
    db[LIVE].generation[r]++;
    db[LIVE].sealed[r] = into
}

/* The new entries of the records of a segment; those in the old index stay, and lead to nothing. */
inline reseal(s) {
    for (k : 0 .. RECORDS - 1) {
        if
        :: segment(k) == s && db[LIVE].state[k] == HERE ->
#ifdef WRONG_RESEAL_OVERTAKEN
            db[LIVE].value[k] = readValue[k];
            db[LIVE].generation[k] = readGeneration[k];
#endif
            db[LIVE].sealed[k] = 1;
            if
            :: db[LIVE].value[k] ->
                db[LIVE].new[db[LIVE].value[k]] = db[LIVE].new[db[LIVE].value[k]] | bit(k)
            :: else
            fi
        :: else
        fi
    }
    db[LIVE].epoch[s] = 1;
    boxesRead = false
}

#define isLeft(s) (db[LIVE].epoch[s] == 0 && ((s) < 2 || db[LIVE].third))

/* Carries out what the ledger holds and the database doesn't. A part is told by its DEK. */
inline applyLedger() {
    for (k : 0 .. RECORDS - 1) {
        find(ERASURE(k));
        if
        :: number && db[LIVE].state[k] != ERASED ->
            into = db[LIVE].sealed[k];
            control = (ring != OLD);
            eraseRecord(k)
        :: else
        fi;
        find(PART(k, db[LIVE].sealed[k]));
        if
        :: number && db[LIVE].state[k] == HERE && db[LIVE].value[k] ->
            into = db[LIVE].sealed[k];
            eraseValue(k)
        :: else
        fi
    }
}

/* others: who else has a value, with an entry in an index that is searched. entries: who stands there. */
inline standing(v) {
    entries = 0;
#ifdef WRONG_UNIQUE_IN_ONE_INDEX
    if
    :: under -> entries = db[LIVE].new[v]
    :: else -> entries = db[LIVE].old[v]
    fi;
#else
    if
    :: under != 2 -> entries = entries | db[LIVE].old[v]
    :: else
    fi;
    if
    :: under != 0 -> entries = entries | db[LIVE].new[v]
    :: else
    fi;
#endif
    others = 0;
    for (i : 0 .. RECORDS - 1) {
        if
        :: (entries & bit(i)) && db[LIVE].state[i] == ERASED -> entries = entries & (7 - bit(i))
        :: (entries & bit(i)) && db[LIVE].state[i] == HERE && db[LIVE].value[i] == v -> others = others | bit(i)
        :: else
        fi
    }
}

/* found: who is found by a value. */
inline search(v) {
    entries = 0;
#ifndef WRONG_SEARCH_IN_NEW_INDEX
    if
    :: ring != FINAL -> entries = db[LIVE].old[v]
    :: else
    fi;
#endif
#ifdef WRONG_STALE_ENTRY_TAKES_A_PLACE
    /* One is asked for; who stood there once, and doesn't have it any more, comes first. */
    stale = 0;
    for (i : 0 .. RECORDS - 1) {
        if
        :: (entries & bit(i)) && db[LIVE].state[i] == HERE && db[LIVE].value[i] != v -> stale = bit(i)
        :: else
        fi
    }
    if
    :: stale -> entries = stale
    :: else
    fi;
#endif
    if
    :: ring != OLD -> entries = entries | db[LIVE].new[v]
    :: else
    fi;
    found = 0;
    for (i : 0 .. RECORDS - 1) {
        if
#ifdef WRONG_ENTRY_BELIEVED
        :: (entries & bit(i)) && db[LIVE].state[i] == HERE -> found = found | bit(i)
#else
        :: (entries & bit(i)) && db[LIVE].state[i] == HERE && db[LIVE].value[i] == v -> found = found | bit(i)
#endif
        :: else
        fi
    }
}

#define unsyncedFile (file[0] != fileSynced[0] || file[1] != fileSynced[1] || file[2] != fileSynced[2] \
    || file[3] != fileSynced[3] || file[4] != fileSynced[4] || file[5] != fileSynced[5])

inline clear(request) {
    request.what = 0;
    request.record = 0;
    request.value = 0;
    request.seat = 0;
    request.sealed = 0;
    request.keys = 0;
    request.generation = 0;
    request.ignored = 0
}

/* What a power loss leaves of what was written and not synced: all or nothing, of each. A write that failed
   and persists, and one that is lost, are the same: the daemon ends. */
inline losePower() {
    if
    :: ledgerSynced < ledgerLength -> d_step { cutLedger(ledgerSynced); skip }
    :: ledgerSynced = ledgerLength
    fi;
    if
    :: d_step { commit == written -> copyDatabase(LIVE, SYNCED); skip }
    :: d_step { copyDatabase(SYNCED, LIVE); skip }
    fi;
    if
    :: d_step { unsyncedFile -> for (i : 0 .. FILES - 1) { file[i] = fileSynced[i] }; skip }
    :: d_step { for (i : 0 .. FILES - 1) { fileSynced[i] = file[i] }; skip }
    fi;
    d_step {
        phase = down;
        holder = nobody;
        commit = none;
        step = idle;
        at = 0;
        fileWritten = false;
        boxesRead = false;
        counting = 0;
        ring = OLD;
        clear(now);
        clear(later)
    }
}

/* At start: whichever of the sources that the note names opens the keyring is the vault's. */
inline open() {
    ring = file[LOCAL];
    if
    :: rootKeyOf(ring) -> assert(file[NOTE] != 0 && file[ROOT_KEY])
    :: else -> assert(file[NOTE] != 2 && oldRootKey)
    fi;
    if
    :: file[NOTE] == 1 -> file[NOTE] = 2 * rootKeyOf(ring); fileSynced[NOTE] = file[NOTE]
    :: else
    fi;
    assert(has(ring, file[LEDGER]));
    mustOpen()
}

/* Each step looks at what there is, so that all are gone through again. */
inline resume() {
    at = 0;
    find(BEGUN);
    if
    :: ring == OLD -> step = idle
    :: ring != OLD && ring != FINAL && !number -> step = appendBegun
    :: ring != OLD && ring != FINAL && number -> step = publishNewKeys
    /* Another place may be older: each is written again. */
    :: ring == FINAL ->
        find(SETTLED);
        if
        :: number -> step = idle
        :: else -> step = writeFinalKeyring
        fi
    fi
}

/* Everything in the database opens under keys of the keyring in use. */
inline mustOpen() {
    for (i : 0 .. SEGMENTS - 1) {
        assert((i == 2 && !db[LIVE].third) || has(ring, db[LIVE].epoch[i]))
    }
    for (i : 0 .. RECORDS - 1) {
        assert(db[LIVE].state[i] != HERE || db[LIVE].sealed[i] == db[LIVE].epoch[segment(i)]);
        assert(db[LIVE].state[i] != ERASED || has(ring, db[LIVE].tombstone[i]))
    }
    assert(has(ring, db[LIVE].vaultBox));
    assert(has(ring, db[LIVE].count))
}

/* leftOld: what is under old keys, in one view of the database. */
inline countLeft(d) {
    leftOld = !db[d].vaultBox + !db[d].count;
    for (i : 0 .. SEGMENTS - 1) {
        if
        :: (i < 2 || db[d].third) && !db[d].epoch[i] -> leftOld++
        :: else
        fi
    }
    for (i : 0 .. RECORDS - 1) {
        if
        :: (db[d].state[i] == HERE && !db[d].sealed[i]) || (db[d].state[i] == ERASED && !db[d].tombstone[i]) -> leftOld++
        :: else
        fi
    }
}

inline judge() {
    if
    :: phase == serving ->
        mustOpen();
        for (k : 0 .. RECORDS - 1) {
            /* P8: no acknowledged write is lost. */
            assert(acknowledged[k] == 0 ||
                (db[LIVE].state[k] == ERASED && (erasureWanted & bit(k))) ||
                (db[LIVE].state[k] == HERE && db[LIVE].generation[k] >= acknowledged[k]));
            /* P3: what was erased is not served again. */
            assert(!erasureAnswered[k] || db[LIVE].state[k] != HERE);
            assert(!partAnswered[k] || db[LIVE].value[k] == 0);
            /* It stands in the ledger, for whatever is put back. */
            find(ERASURE(k));
            assert(!erasureAnswered[k] || number);
            find(PART(k, 0));
            found = number;
            find(PART(k, 1));
            assert(!partAnswered[k] || found || number)
        }
        /* What the ledger says is carried out. */
        if
        :: holder == nobody ->
            for (k : 1 .. ledgerLength) {
                number = ledger[k - 1];
                assert(number == 0 || number > 3 || db[LIVE].state[number - 1] == ERASED);
                assert(number < 4 || number > 9 || db[LIVE].value[(number - 4) / 2] == 0)
            }
        :: else
        fi;
        for (k : 1 .. VALUES) {
            /* Search finds who has a value, and nobody else; there is one at most. */
            search(k);
            having = 0;
            for (i : 0 .. RECORDS - 1) {
                if
                :: db[LIVE].state[i] == HERE && db[LIVE].value[i] == k -> assert(having == 0); having = bit(i)
                :: else
                fi
            }
            assert(found == having)
        }
    :: else
    fi;
    number = 0;
    found = 0;
    others = 0;
    having = 0;
    entries = 0;
    stale = 0;
    under = 0;
    sought = 0;
    was = 0;
    into = 0;
    control = 0;

    /* From the first final keyring on, anywhere, nothing is under old keys; but for an older copy that was put
       back while the keyring here was not final: what it brings is gone before that is. */
    if
    :: file[LOCAL] == FINAL || fileSynced[LOCAL] == FINAL ||
        ((file[REPLICA] == FINAL || fileSynced[REPLICA] == FINAL) && reverts == 0) ->
        countLeft(LIVE);
        assert(leftOld == 0);
        countLeft(SYNCED);
        assert(leftOld == 0);
        leftOld = !file[LEDGER] + !fileSynced[LEDGER] + !file[LEDGER_REPLICA] + !fileSynced[LEDGER_REPLICA];
        assert(leftOld == 0)
    :: else
    fi;
    /* And the statement says so once there is no other keyring, and none that the old root key opens. */
    assert(db[LIVE].history != 2 || (file[LOCAL] == FINAL && file[REPLICA] == FINAL &&
        fileSynced[LOCAL] == FINAL && fileSynced[REPLICA] == FINAL && rootKeyOf(FINAL)));

    /* Were this disk lost now, the newest keys part, a records part and the ledger's replica would open with
       the replica's escrow, which is not older than the ledger says. */
    assert(has(fileSynced[REPLICA], keysPart) && (recordsParts & bit(keysPart)) &&
        has(fileSynced[REPLICA], fileSynced[LEDGER_REPLICA]));
    for (i : 1 .. ledgerReplica) {
        assert(ledger[i - 1] != BEGUN || fileSynced[REPLICA] != OLD);
        assert(ledger[i - 1] != SETTLED || fileSynced[REPLICA] == FINAL)
#ifdef WRONG_ROOT_KEY_OUTDATES_ESCROW
        ; assert(ledger[i - 1] != CHANGED || fileSynced[REPLICA] >= RENEWED)
#endif
    }
}

/* ---- Commits: the ledger's entry, synced; the database's write, synced; then the answer */

#ifdef PROGRESS
#define isCalm calm
#else
#define isCalm false
#endif
#define mayAsk    (phase == serving && holder == nobody && !isCalm)
#define mayRotate (phase == serving && holder == nobody)
/* While the ledger is written anew, what is appended waits. */
#ifdef WRONG_LEDGER_APPENDED_MEANWHILE
#define isLedgerFree true
#else
#define isLedgerFree (!(step == rewriteLedger && fileWritten && at == LEDGER))
#endif

inline ask() {
    holder = user;
    if
    :: now.what == erase || now.what == erasePart -> commit = counted; counting = file[LEDGER]
    :: else -> commit = logged
    fi
}

inline prepare(request, operation, r, v) {
    request.what = operation;
    request.record = r;
    request.value = v;
    request.keys = version(ring);
    request.generation = db[LIVE].generation[r];
    request.ignored = 0;
    /* In a new segment, or in the one that its record is in. */
    if
    :: operation == create && request.seat == 2 -> request.sealed = (ring != OLD)
    :: operation == create && request.seat != 2 -> request.sealed = db[LIVE].epoch[request.seat]
    :: else -> request.sealed = db[LIVE].epoch[segment(r)]
    fi
}

inline copyRequest() {
    now.what = later.what;
    now.record = later.record;
    now.value = later.value;
    now.seat = later.seat;
    now.sealed = later.sealed;
    now.keys = later.keys;
    now.generation = later.generation;
    now.ignored = 0;
    clear(later)
}

/* The fences: the version of the keys, the segment's key, the record's generation. */
#ifdef WRONG_KEYS_VERSION_IGNORED
#define isKeysVersion true
#else
#define isKeysVersion (later.keys == version(ring))
#endif
#ifdef WRONG_BOX_UNDER_FORMER_SEGMENT_KEY
#define isSegmentKey true
#else
#define isSegmentKey ((later.what == create && later.seat == 2) \
    || later.sealed == db[LIVE].epoch[(later.what == create -> later.seat : segment(later.record))])
#endif
#define isRecord (later.what == create -> db[LIVE].state[2] == ABSENT \
    : (db[LIVE].state[later.record] == HERE && db[LIVE].generation[later.record] == later.generation))

inline writeRequest() {
    k = now.record;
    into = now.sealed;
    control = (now.keys != 0);
    sought = now.value;
    if
    :: now.what == erase -> eraseRecord(k)
    :: now.what == erasePart -> eraseValue(k)
    :: now.what == update ->
        change(k);
        was = db[LIVE].value[k];
        leave(k, was);
        enter(k, sought);
        db[LIVE].value[k] = sought;
        db[LIVE].generation[k]++;
        db[LIVE].sealed[k] = into
    :: now.what == create ->
        seat = now.seat;
        change(2);
        enter(2, sought);
        db[LIVE].state[2] = HERE;
        db[LIVE].value[2] = sought;
        db[LIVE].generation[2] = 1;
        db[LIVE].sealed[2] = into;
        if
        :: seat == 2 -> db[LIVE].third = 1; db[LIVE].epoch[2] = into
        :: else
        fi
    fi;
    if
    :: now.what == erase || now.what == erasePart -> db[LIVE].count = counting
    :: else
    fi;
    commit = written
}

inline answer() {
    if
    :: now.what == erase ->
        erasureAnswered[now.record] = (ledgerReplica < ledgerSynced -> 2 : 1);
        acknowledged[now.record] = 0
    :: now.what == erasePart ->
        partAnswered[now.record] = (ledgerReplica < ledgerSynced -> 2 : 1);
        acknowledged[now.record] = db[LIVE].generation[now.record]
    :: else -> acknowledged[now.record] = db[LIVE].generation[now.record]
    fi
}

inline endCommit() {
    holder = nobody;
    commit = none;
    counting = 0;
    clear(now)
}

/* The ledger's replica takes what it lacks, once it is by the same key. */
inline catchUp() {
    ledgerReplica = ledgerSynced;
    for (i : 0 .. RECORDS - 1) {
        if
        :: erasureAnswered[i] == 2 -> erasureAnswered[i] = 1
        :: else
        fi;
        if
        :: partAnswered[i] == 2 -> partAnswered[i] = 1
        :: else
        fi
    }
}
#define isReplicaAlike (away != REPLICAS && file[LEDGER_REPLICA] == file[LEDGER] \
    && !(step == rewriteLedger && fileWritten))

inline syncLedger() {
    ledgerSynced = ledgerLength;
    if
    :: isReplicaAlike -> catchUp()
    :: else
    fi
}

/* ---- The rotation */

inline write(f, content) { file[f] = content; fileWritten = true }
inline sync(f) { fileSynced[f] = file[f]; fileWritten = false }

inline rotationTells(entry) {
    holder = rotation;
    commit = appended;
    counting = file[LEDGER];
    append(entry)
}

inline rotationWrites() { holder = rotation; commit = written }

/* What a commit of the rotation does, once it is on disk. */
inline takeEffect() {
    if
    :: step == appendBegun -> ring = file[LOCAL]; step = publishNewKeys
    :: step == publishNewKeys -> at = 0; step = resealRecords
    :: step == resealRecords -> at++
    :: step == renewVaultBox -> step = renewTombstones
    :: step == renewTombstones -> at = LEDGER; afterTombstones()
    :: step == rewriteLedger -> at = 0; afterLedger()
    :: step == renewRootKey -> at++
    :: step == writeFinalKeyring -> ring = FINAL; at = 0; afterFinalKeyring()
    :: step == stateEndOfOldKeys -> at = 0; afterStatement()
    :: step == certifyFinality -> step = clearOldIndex
    :: step == clearOldIndex -> step = idle
    fi
}

inline afterTombstones() {
#ifdef WRONG_FINAL_BEFORE_LEDGER
    at = 0;
    step = renewRootKey
#else
    step = rewriteLedger
#endif
}

inline afterLedger() {
#ifdef WRONG_ROOT_KEY_KEPT
    step = writeKeysPart
#else
    step = renewRootKey
#endif
}

inline afterFinalKeyring() {
#ifdef WRONG_FINAL_BEFORE_LEDGER
    at = LEDGER;
    step = rewriteLedger
#else
    step = stateEndOfOldKeys
#endif
}

inline afterStatement() {
#ifdef WRONG_STATEMENT_BEFORE_FINAL_KEYRING
    if
    :: ring != FINAL -> step = writeFinalKeyring
    :: else -> step = certifyFinality
    fi
#else
    step = certifyFinality
#endif
}

inline afterParts() {
#ifdef WRONG_STATEMENT_BEFORE_FINAL_KEYRING
    step = stateEndOfOldKeys
#else
    step = writeFinalKeyring
#endif
}

#if REVERTS
inline forgetCopy() {
    copyDatabase(OLDER, SYNCED);
    olderLength = 0;
    olderKey = 0
}

inline putBack() {
    copyDatabase(LIVE, OLDER);
    copyDatabase(SYNCED, OLDER);
    cutLedger(olderLength);
    ledgerSynced = ledgerLength;
    ledgerReplica = (ledgerReplica > ledgerLength -> ledgerLength : ledgerReplica);
    file[LEDGER] = olderKey;
    fileSynced[LEDGER] = olderKey;
    for (k : 0 .. RECORDS - 1) {
        /* What an older copy doesn't have is lost; but what the ledger's replica was said to hold, is not. */
        acknowledged[k] = (db[LIVE].state[k] == HERE -> db[LIVE].generation[k] : 0);
        if
        :: erasureAnswered[k] == 2 -> erasureAnswered[k] = 0
        :: else
        fi;
        if
        :: partAnswered[k] == 2 -> partAnswered[k] = 0
        :: else
        fi
    }
}
#endif

inline initialise() {
    for (i : 0 .. 1) {
        db[LIVE].state[i] = HERE;
        db[LIVE].value[i] = 1 + i;
        db[LIVE].generation[i] = 1;
        db[LIVE].old[1 + i] = bit(i);
        acknowledged[i] = 1
    }
    seat = 1;
    copyDatabase(SYNCED, LIVE)
}

#define hasTombstoneLeft ((db[LIVE].state[0] == ERASED && !db[LIVE].tombstone[0]) \
    || (db[LIVE].state[1] == ERASED && !db[LIVE].tombstone[1]) \
    || (db[LIVE].state[2] == ERASED && !db[LIVE].tombstone[2]))

#define isHere(r) (db[LIVE].state[r] == HERE)

active proctype vault() {
    byte r, v;
    d_step { initialise(); skip }
end:
    do
    :: atomic {
        if

        /* ---- Requests: of a record, a value; prepared now and committed at once, or later */

        :: mayAsk && (erasures < ERASURES || parts < PARTS || updates < UPDATES || creations < CREATIONS) ->
            if
            :: r = 0
            :: r = 1
            :: r = 2
            fi;
            if
            :: erasures < ERASURES && isHere(r) && later.what == 0 -> d_step { prepare(later, erase, r, 0) }
            :: erasures < ERASURES && isHere(r) ->
                d_step { erasures++; erasureWanted = erasureWanted | bit(r); prepare(now, erase, r, 0); ask() }
            :: parts < PARTS && isHere(r) && db[LIVE].value[r] && later.what == 0 ->
                d_step { prepare(later, erasePart, r, 0) }
            :: parts < PARTS && isHere(r) && db[LIVE].value[r] ->
                d_step { parts++; prepare(now, erasePart, r, 0); ask() }
            :: updates < UPDATES && isHere(r) && db[LIVE].value[r] ->
                if
                :: v = 1
                :: v = 2
                :: v = 3
                fi;
                if
                :: later.what == 0 -> d_step { prepare(later, update, r, v) }
                :: d_step { prepare(now, update, r, v); under = now.keys; standing(v);
                    if
                    :: (others & (7 - bit(r))) == 0 && v != db[LIVE].value[r] -> updates++; ask()
                    :: else -> clear(now)
                    fi; skip }
                fi
            :: creations < CREATIONS && r == 2 && db[LIVE].state[2] == ABSENT ->
                if
                :: v = 1
                :: v = 2
                :: v = 3
                fi;
                if
                :: later.what == 0 -> later.seat = 1; d_step { prepare(later, create, 2, v) }
                :: later.what == 0 -> later.seat = 2; d_step { prepare(later, create, 2, v) }
                :: d_step { now.seat = 2; prepare(now, create, 2, v); under = now.keys; standing(v);
                    if
                    :: others == 0 -> creations++; ask()
                    :: else -> clear(now)
                    fi; skip }
                fi
            :: else -> skip
            fi;
            r = 0; v = 0
        /* Who stands under the value of what is prepared, and doesn't have it, is passed over. */
        :: d_step { mayAsk && (later.what == update || later.what == create) ->
            under = later.keys; sought = later.value; standing(sought);
            if
            :: others & (7 - bit(later.record)) -> clear(later)     /* a duplicate */
            :: else -> later.ignored = entries & (7 - bit(later.record))
            fi; skip }
        :: d_step { mayAsk && later.what ->
            entries = 0;
            if
            :: later.what == update || later.what == create -> under = later.keys; sought = later.value; standing(sought)
            :: else
            fi;
            if
            :: !isRecord || !isKeysVersion || !isSegmentKey ||
                (later.what == update && updates == UPDATES) || (later.what == create && creations == CREATIONS) ||
                (later.what == erase && erasures == ERASURES) || (later.what == erasePart && parts == PARTS) ->
                clear(later)            /* it is prepared again */
            :: else ->
                if
                :: entries & (7 - bit(later.record)) & (7 - later.ignored) -> clear(later)
                :: else ->
                    if
                    :: later.what == erase -> erasures++; erasureWanted = erasureWanted | bit(later.record)
                    :: later.what == erasePart -> parts++
                    :: later.what == update -> updates++
                    :: later.what == create -> creations++
                    fi;
                    copyRequest();
                    ask()
                fi
            fi; skip }

        /* ---- Commits */

        :: d_step { commit == counted && isLedgerFree ->
            if
            :: now.what == erase -> append(ERASURE(now.record))
            :: else -> append(PART(now.record, now.sealed))
            fi;
            commit = appended }
        :: d_step { commit == appended && isLedgerFree -> syncLedger(); commit = logged }
        :: d_step { commit == logged ->
            if
            :: holder == user -> writeRequest()
            :: else -> db[LIVE].count = counting; commit = written
            fi; skip }
        :: d_step { commit == written ->
            copyDatabase(SYNCED, LIVE);
            if
            :: holder == user -> answer(); endCommit()
            :: holder == rotation -> endCommit(); takeEffect()
            :: holder == start -> endCommit(); resume()
            fi; skip }
        :: d_step { mayRotate && isReplicaAlike && ledgerReplica < ledgerSynced -> catchUp(); skip }

        /* ---- Rotation: as far as every rotation has it */

        :: d_step { mayAsk && step == idle && ring == OLD && away != REPLICAS ->
            step = writeMiddleKeyring; at = REPLICA }
        :: d_step { phase == serving && (step == writeMiddleKeyring || step == writeFinalKeyring) && at <= LOCAL &&
            (at == LOCAL || away != REPLICAS) ->
            if
            :: !fileWritten -> write(at, (step == writeMiddleKeyring -> MIDDLE : FINAL))
            :: else -> sync(at); at++
            fi; skip }
        /* The replica went out of reach: what was written may be there or not. */
        :: d_step { phase == serving && (step == writeMiddleKeyring || step == writeFinalKeyring) && at == REPLICA &&
            fileWritten && away == REPLICAS -> sync(REPLICA) }
        :: d_step { phase == serving && (step == writeMiddleKeyring || step == writeFinalKeyring) && at == REPLICA &&
            fileWritten && away == REPLICAS -> file[REPLICA] = fileSynced[REPLICA]; fileWritten = false }
        :: d_step { phase == serving && step == writeMiddleKeyring && at == REPLICA && !fileWritten &&
            away == REPLICAS -> step = idle; at = 0 }       /* not begun */
        :: d_step { mayRotate && step == writeMiddleKeyring && at > LOCAL -> step = appendBegun; at = 0 }
        :: d_step { mayRotate && step == appendBegun && isLedgerFree -> rotationTells(BEGUN) }
        :: d_step { mayRotate && step == writeFinalKeyring && at > LOCAL -> rotationWrites() }
        :: d_step { mayRotate && step == certifyFinality && isLedgerFree -> rotationTells(SETTLED) }
        :: d_step { mayRotate && step == clearOldIndex ->
            for (i : 1 .. VALUES) { db[LIVE].old[i] = 0 }
            rotationWrites() }

        /* ---- Rotation: what a deep one has beside it */

        :: d_step { mayRotate && step == publishNewKeys ->
            if
            :: db[LIVE].history == 0 -> db[LIVE].history = 1
            :: else
            fi;
            rotationWrites() }
        :: d_step { mayRotate && step == resealRecords && at < SEGMENTS ->
            if
#ifdef WRONG_FINAL_BEFORE_EVERY_SEGMENT
            :: at == 1 -> at++
#endif
            :: isLeft(at) && !boxesRead ->
                boxesRead = true;
#ifdef WRONG_RESEAL_OVERTAKEN
                for (i : 0 .. RECORDS - 1) {
                    readValue[i] = db[LIVE].value[i];
                    readGeneration[i] = db[LIVE].generation[i]
                }
#endif
            :: isLeft(at) && boxesRead -> reseal(at); rotationWrites()
            :: !isLeft(at) -> at++
            fi; skip }
        :: d_step { mayRotate && step == resealRecords && at == SEGMENTS -> at = 0; step = renewVaultBox }
        :: d_step { mayRotate && step == renewVaultBox -> db[LIVE].vaultBox = 1; rotationWrites() }
        :: d_step { mayRotate && step == renewTombstones ->
            if
#ifndef WRONG_TOMBSTONES_LEFT
            :: hasTombstoneLeft ->
                for (i : 0 .. RECORDS - 1) {
                    if
                    :: db[LIVE].state[i] == ERASED -> db[LIVE].tombstone[i] = 1
                    :: else
                    fi
                }
                rotationWrites()
#endif
            :: else -> at = LEDGER; afterTombstones()
            fi; skip }

        /* The ledger is written anew whatever commit is under way, but between entry and sync. */
        :: d_step { phase == serving && step == rewriteLedger && at == LEDGER && commit != appended ->
            if
            :: fileWritten ->
                sync(LEDGER);
#ifdef WRONG_LEDGER_APPENDED_MEANWHILE
                cutLedger(rewrittenLength);
                ledgerSynced = (ledgerSynced > ledgerLength -> ledgerLength : ledgerSynced);
                ledgerReplica = (ledgerReplica > ledgerLength -> ledgerLength : ledgerReplica);
#endif
                at = LEDGER_REPLICA
            :: !fileWritten && file[LEDGER] -> at = LEDGER_REPLICA
            :: !fileWritten && !file[LEDGER] ->
#ifdef WRONG_LEDGER_APPENDED_MEANWHILE
                rewrittenLength = ledgerLength;
#endif
                write(LEDGER, 1)
            fi; skip }
        :: d_step { phase == serving && step == rewriteLedger && at == LEDGER_REPLICA && commit != appended &&
#ifdef WRONG_FINAL_WITHOUT_LEDGER_REPLICA
            true ->
#else
            away != REPLICAS ->
#endif
            if
            :: fileWritten && away != REPLICAS -> sync(LEDGER_REPLICA); catchUp(); at = FILES
            :: !fileWritten && file[LEDGER_REPLICA] -> at = FILES
            :: !fileWritten && !file[LEDGER_REPLICA] && away != REPLICAS -> write(LEDGER_REPLICA, 1)
            :: else -> file[LEDGER_REPLICA] = fileSynced[LEDGER_REPLICA]; fileWritten = false; at = FILES
            fi; skip }
        :: d_step { phase == serving && step == rewriteLedger && at == LEDGER_REPLICA && fileWritten &&
            away == REPLICAS -> sync(LEDGER_REPLICA) }
        :: d_step { phase == serving && step == rewriteLedger && at == LEDGER_REPLICA && fileWritten &&
            away == REPLICAS -> file[LEDGER_REPLICA] = fileSynced[LEDGER_REPLICA]; fileWritten = false }
#ifdef WRONG_REPLICA_BELIEVED_FROM_BEFORE
        /* A look at what came back into reach, which ends once the ledger is another. */
        :: d_step { phase == serving && isReplicaAlike && outages > 0 && !isBelieved -> isBelieved = true }
        :: d_step { phase == serving && step == rewriteLedger && at == LEDGER_REPLICA && !fileWritten && isBelieved ->
            isBelieved = false; at = FILES }
#endif
        /* Then a commit that tells the ledger something writes the count. */
        :: d_step { mayRotate && step == rewriteLedger && at == FILES ->
#ifdef WRONG_FINAL_BEFORE_COUNT
            at = 0;
            afterLedger()
#else
            db[LIVE].count = file[LEDGER];
            rotationWrites()
#endif
            ; skip }

        /* The new root key's file; the note names both; the keyring, here and where it can be; the ledger
           is told; the note names the new one. The old one may go then. */
        :: d_step { phase == serving && step == renewRootKey && (at < 3 || at == 5) ->
            if
            :: at == 0 && !fileWritten && ring >= RENEWED -> at = 0; step = writeKeysPart
            :: at == 0 && !fileWritten && ring < RENEWED ->
#ifdef WRONG_ROOT_KEY_NOT_SYNCED
                file[ROOT_KEY] = 1; at++
#else
                write(ROOT_KEY, 1)
#endif
            :: at == 0 && fileWritten -> sync(ROOT_KEY); at++
#ifdef WRONG_NOTE_NAMES_NEW_ALONE
            :: at == 1 && !fileWritten -> write(NOTE, 2)
#else
            :: at == 1 && !fileWritten -> write(NOTE, 1)
#endif
            :: at == 1 && fileWritten ->
                sync(NOTE);
#ifdef WRONG_OLD_ROOT_KEY_GOES_FIRST
                oldRootKey = false;
#endif
                at++
            :: at == 2 && !fileWritten -> write(LOCAL, RENEWED)
            :: at == 2 && fileWritten -> sync(LOCAL); ring = RENEWED; at++
            :: at == 5 && !fileWritten -> write(NOTE, 2)
            :: at == 5 && fileWritten -> sync(NOTE); at = 0; step = writeKeysPart
            fi; skip }
        :: d_step { phase == serving && step == renewRootKey && at == 3 ->
            if
            :: away == REPLICAS -> file[REPLICA] = fileSynced[REPLICA]; fileWritten = false; at++
            :: away != REPLICAS && !fileWritten -> write(REPLICA, RENEWED)
            :: away != REPLICAS && fileWritten -> sync(REPLICA); at++
            fi; skip }
        :: d_step { phase == serving && step == renewRootKey && at == 3 && fileWritten && away == REPLICAS ->
            sync(REPLICA); at++ }
        :: d_step { mayRotate && step == renewRootKey && at == 4 && isLedgerFree -> rotationTells(CHANGED) }
        :: d_step { phase == serving && fileSynced[NOTE] == 2 && step != renewRootKey && oldRootKey -> oldRootKey = false }

        /* Records part, then keys part. */
        :: d_step { phase == serving && step == writeKeysPart && away != DESTINATION ->
            if
#ifndef WRONG_KEYS_PART_ALONE
            :: at == 0 -> recordsParts = recordsParts | bit(1); at = 1
            :: at == 1 -> keysPart = 1; at = 0; afterParts()
#else
            :: keysPart = 1; at = 0; afterParts()
#endif
            fi; skip }
        :: d_step { mayRotate && step == stateEndOfOldKeys -> db[LIVE].history = 2; rotationWrites() }

        /* ---- Start */

        :: d_step { phase == down ->
            open();
            phase = serving;
#ifdef WRONG_SETTLES_AFTER_RESEALING
            if
            :: ring != OLD && ring != FINAL ->
                reseal(0); reseal(1);
                if
                :: db[LIVE].third -> reseal(2)
                :: else
                fi
            :: else
            fi;
#endif
            holder = start;
            applyLedger();
            commit = written }

        /* ---- The world */

        :: d_step { away == NONE && !isCalm && outages < OUTAGES -> outages++; away = REPLICAS }
        :: d_step { away == NONE && !isCalm && outages < OUTAGES && step == writeKeysPart ->
            outages++; away = DESTINATION }
        :: d_step { away != NONE -> away = NONE }
        :: crashes < CRASHES && !isCalm && phase != down -> crashes++; losePower()
#if REVERTS
        /* Somebody keeps a copy of database and ledger, and puts it back while the vault is down. A replica
           that has more is noticed, by whichever key, and the start refused. */
        :: d_step { !isCopied && reverts < REVERTS && mayRotate ->
            isCopied = true;
            copyDatabase(OLDER, SYNCED);
            olderLength = ledgerSynced;
            olderKey = fileSynced[LEDGER] }
        :: d_step { isCopied && reverts < REVERTS && phase == down && away == NONE && file[LOCAL] != FINAL &&
            (file[LOCAL] != OLD || olderKey == 0) ->
            reverts++;
#ifdef WRONG_REPLICA_BY_ONE_KEY
            if
            :: ledgerReplica <= olderLength || fileSynced[LEDGER_REPLICA] != olderKey -> putBack()
#else
            if
            :: ledgerReplica <= olderLength -> putBack()
#endif
            :: else
            fi;
            forgetCopy() }
#endif
#ifdef PROGRESS
        :: d_step { !calm -> calm = true; away = NONE }
        :: d_step { calm && mayRotate && step == idle && (ring == OLD || (ring == FINAL && db[LIVE].history == 2)) &&
            ledgerReplica == ledgerLength -> ended = true }
#endif
        fi;
        d_step { judge(); skip }
    }
    od
}

#ifdef PROGRESS
/* Once nothing disturbs it any more, what was begun ends. */
ltl progress { [] (calm -> <> ended) }
#endif
