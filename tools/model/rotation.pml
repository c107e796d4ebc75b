/*
 * Rotation, erasure, update, replicas, ledger, backup and restore, for spin: see docs/MODEL.md.
 * Run it with tools/model/check.
 *
 * One process takes one step at a time, of all that are possible: a user's commit, a step of the
 * rotation, a fault, a crash. The copier takes a copy of everything but keyring and escrow at every
 * step: what it ever saw only grows. After every step `judge` holds the properties against the state.
 *
 * Each WRONG_… differs in one thing. The check must find every one of them.
 */

/* Bounds; tools/model/check sets them. */
#ifndef ROTATIONS
#define ROTATIONS 2                     /* rotations begun, those that come to nothing included */
#endif
#ifndef ERASURES
#define ERASURES 1                      /* of whole records */
#endif
#ifndef PARTS
#define PARTS 0                         /* of the value in record 1, its compartment that is */
#endif
#ifndef REMOVALS
#define REMOVALS 0                      /* of that value by an update: the compartment gets a new DEK */
#endif
#ifndef UPDATES
#define UPDATES 0
#endif
#ifndef CREATIONS
#define CREATIONS 0                     /* a record in a segment of its own */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef LOSSES
#define LOSSES 0                        /* of the disk with the live vault */
#endif
#ifndef REVERTS
#define REVERTS 0                       /* an older database put back under the live vault, and accepted */
#endif
#ifndef BACKUPS
#define BACKUPS 0                       /* by `aitta backup`, beside the rotation's own */
#endif

#define RECORDS  3                      /* 0 and 1 share segment 0; 2 is made later, there or in segment 1 */
#define SEGMENTS 2
#define VALUE    3                      /* beside the records, where something is erased */
#define KEYS     (ROTATIONS + CRASHES + LOSSES + 3)  /* of one segment at once, from 1; 0: none */
#define ENTRIES  12                     /* of the ledger */
#define KEKS     (ROTATIONS + 1)

#define segment(r)    (seat * ((r) == 2))
#define bit(n)        (1 << (n))
#define box(r, dek)   bit(2 * (r) + (dek))          /* a set of boxes and index entries is a mask */
#define boxes(r)      (3 << (2 * (r)))
#define place(s, key) ((s) * KEYS + (key))

mtype = {
    /* RotationStep, and where no rotation runs */
    idle, writeMiddleKeyring, appendBegun, rekeySegments, renewVaultBox, rebuildIndex, rewrapSegments,
    writeKeysPart, writeFinalKeyring, certifyFinality, appendFinal,
    /* what the vault does */
    down, starting, serving,
    /* whose commit is under way, and how far it is */
    nobody, user, rotation, start,
    none, appended, logged, written,
    /* what the user asked for */
    erase, remove, update, create
};

/* ---- What lies on disks */

/* vault.db, and a keys part of it. */
#define ABSENT 0
#define HERE   1
#define ERASED 2                        /* a tombstone */
typedef Database {
    byte state[RECORDS];
    byte version[RECORDS];              /* of the value, from 1 */
    byte dek[RECORDS];                  /* in the key box: 0, or 1 once what was under 0 is gone */
    byte key[SEGMENTS];                 /* the segment key in use, which seals the segment's boxes */
    byte epoch[SEGMENTS];               /* the KEK that wraps it */
    byte dirty[SEGMENTS];               /* 0, or the newest KEK when it was last marked, plus 1 */
    byte vaultBox;                      /* the KEK that wraps the vault-level box */
    byte index;                         /* the index key of the blind index */
    byte entries;                       /* its entries: a mask of the boxes that they came from */
    byte building;                      /* the index key of the index being built, plus 1; 0: none */
    byte entriesBuilding
};
#define LIVE   0                        /* as SQLite shows it */
#define SYNCED 1                        /* as it is on disk */
#define PART   2                        /* the newest keys part */
#define TAKEN  3                        /* the snapshot of a backup under way */
Database db[4];
byte rows[RECORDS];                     /* the newest records part: the version of each value in it */

/* A keyring or escrow: 2a + 1 is {old, new} of rotation a, 2a is {new}. KEK a is the one that rotation a
   makes; index key a, too. Each rotation begun makes other keys, also under the same epoch number. */
#define REPLICA_ESCROW  0
#define REPLICA_KEYRING 1
#define LOCAL_ESCROW    2
#define LOCAL_KEYRING   3
#define FILES           4
byte file[FILES];                       /* as it reads */
byte fileSynced[FILES];                 /* as it is on disk */
byte oldKEK[KEKS];                      /* of rotation a: the KEK that it replaces */
byte indexKey[KEKS];                    /* the index key from then on */
byte cutoff[KEKS];                      /* the last ledger entry that it settles */
#ifdef WRONG_GENERATION_BELIEVED
byte generationFinal[KEKS];             /* the generation of its last keyring */
#endif
#define middle(a) (2 * (a) + 1)
#define final(a)  (2 * (a))

/* The ledger: erasure of record r, or of the value; event 6, event 7 of rotation a. */
#define ERASURE(r) (1 + (r))
#define BEGUN(a)   (10 + (a))
#define FINAL(a)   (20 + (a))
byte ledger[ENTRIES];                   /* entry n at n - 1 */
byte ledgerLength, ledgerSynced;
byte ledgerReplica;                     /* how many entries the replica holds */

/* ---- The daemon's memory */

mtype phase = down;
byte ring;                              /* the keyring in use */
mtype holder = nobody;                  /* of the commit thread */
mtype commit = none;
mtype request; byte subject;            /* the user's, and its record */
byte prepared;                          /* KEK of a segment key made for a commit to come, plus 1 */
mtype step = idle;                      /* of the rotation */
byte at;                                /* the file, or the segment, that the step is at */
bool fileWritten;                       /* file `at` is written, not synced */
bool boxesRead;                         /* the boxes of segment `at` are read, to be sealed anew */
byte boxesSealed;                       /* which */
byte sealedUnder;                       /* the segment key of a box made for a commit to come; 0: none */
byte attempt;                           /* the rotation begun last */
bool backingUp;

/* ---- The world */

#define NONE        0
#define REPLICA     1
#define DESTINATION 2
byte away;                              /* what is out of reach */
byte crashes, losses, reverts, erasures, parts, removals, updates, creations, backups;
#ifdef PROGRESS
bool calm;                              /* no more requests or faults, and everything within reach */
bool ended;
#endif

/* ---- What the copier saw, and what was promised */

byte seenBoxes[SEGMENTS * KEYS];        /* the boxes ever seen under this key of the segment */
byte seenWraps[SEGMENTS * KEYS];        /* the KEKs under which the key was seen wrapped */
byte seenEntries[KEKS];                 /* the entries ever seen in an index of this key */
byte acknowledged[RECORDS];             /* the version of the last write answered */
byte erasureAnswered[VALUE + 1];        /* 1: holds for ever. 2: the ledger's replica was named as missing */
byte erasureWanted;                     /* mask of records */
byte seat;                              /* the segment in which record 2 was made */
byte removedBefore;                     /* the removal of record 1's value: before this rotation was begun */
byte declared;                          /* mask of boxes of which finality was ever declared */

/* Not part of a state: empty between steps. */
hidden byte i, k, opens, entries, reach, confirmed, bits, all, last, number;

/* ---- Parts of steps */

inline copyDatabase(to, from) {
    for (i : 0 .. RECORDS - 1) {
        db[to].state[i] = db[from].state[i];
        db[to].version[i] = db[from].version[i];
        db[to].dek[i] = db[from].dek[i]
    }
    for (i : 0 .. SEGMENTS - 1) {
        db[to].key[i] = db[from].key[i];
        db[to].epoch[i] = db[from].epoch[i];
        db[to].dirty[i] = db[from].dirty[i]
    }
    db[to].vaultBox = db[from].vaultBox;
    db[to].index = db[from].index;
    db[to].entries = db[from].entries;
    db[to].building = db[from].building;
    db[to].entriesBuilding = db[from].entriesBuilding
}

#define newest(content) ((content) / 2)
#define isMiddle(content) ((content) & 1)
#define theIndex indexKey[newest(ring)]
#define keks(content) (bit(newest(content)) | (isMiddle(content) -> bit(oldKEK[newest(content)]) : 0))
#define indexKeys(content) (bit(indexKey[newest(content)]) \
    | (isMiddle(content) -> bit(indexKey[oldKEK[newest(content)]]) : 0))

/* The boxes that live in a database, as a mask. */
inline liveBoxes(d, s) {
    bits = 0;
    for (i : 0 .. RECORDS - 1) {
        if
        :: segment(i) == s && db[d].state[i] == HERE -> bits = bits | box(i, db[d].dek[i])
        :: else
        fi
    }
}

/* The copier. */
inline observe() {
    for (k : 0 .. SEGMENTS - 1) {
        liveBoxes(LIVE, k);
        if
        :: db[LIVE].key[k] ->
            seenBoxes[place(k, db[LIVE].key[k])] = seenBoxes[place(k, db[LIVE].key[k])] | bits;
            seenWraps[place(k, db[LIVE].key[k])] =
                seenWraps[place(k, db[LIVE].key[k])] | bit(db[LIVE].epoch[k])
        :: else
        fi
    }
    seenEntries[db[LIVE].index] = seenEntries[db[LIVE].index] | db[LIVE].entries;
    if
    :: db[LIVE].building ->
        seenEntries[db[LIVE].building - 1] = seenEntries[db[LIVE].building - 1] | db[LIVE].entriesBuilding
    :: else
    fi
}

/* all: the boxes that live in a database. */
inline allBoxes(d) {
    liveBoxes(d, 0);
    all = bits;
    liveBoxes(d, 1);
    all = all | bits
}

/* Every key that the live system holds: both views of every file, and memory. */
inline liveKeys() {
    opens = 0;
    entries = 0;
    for (i : 0 .. FILES - 1) {
        opens = opens | keks(file[i]) | keks(fileSynced[i]);
        entries = entries | indexKeys(file[i]) | indexKeys(fileSynced[i])
    }
    if
    :: phase == starting || phase == serving ->
        opens = opens | keks(ring);
        entries = entries | indexKeys(ring)
    :: else
    fi;
    if
    :: step == writeMiddleKeyring ->
        opens = opens | bit(attempt);
        entries = entries | bit(indexKey[attempt])
    :: else
    fi
}

#define inUse(s, n) (db[LIVE].key[s] == (n) || db[SYNCED].key[s] == (n) \
    || db[PART].key[s] == (n) || db[TAKEN].key[s] == (n))

/* Drops from the copies what no key can open ever again, which saves states. A KEK that lies nowhere
   never comes back; a segment key that is in no database is never wrapped again. */
inline forget() {
    for (i : 0 .. SEGMENTS * KEYS - 1) {
        seenWraps[i] = seenWraps[i] & opens;
        if
        :: seenWraps[i] == 0 && !inUse(i / KEYS, i % KEYS) -> seenBoxes[i] = 0
        :: else
        fi
    }
    for (i : 0 .. KEKS - 1) {
        if
        /* An index key that lies nowhere never comes back. */
        :: (entries & bit(i)) == 0 -> seenEntries[i] = 0
        :: else
        fi
    }
}

/* A key that the segment never had, as far as anybody can tell. */
inline freshKey(s) {
    k = 1;
    do
    :: k < KEYS && (seenBoxes[place(s, k)] || seenWraps[place(s, k)] || inUse(s, k) || sealedUnder == k) ->
        k++
    :: else -> break
    od;
    assert(k < KEYS)                    /* else the model's bound is too small */
}

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

inline findLastRotationEvent() {
    last = 0;
    for (i : 1 .. ledgerLength) {
        if
        :: ledger[i - 1] >= BEGUN(0) -> last = ledger[i - 1]
        :: else
        fi
    }
}

inline markDirty(s) { db[LIVE].dirty[s] = newest(ring) + 1 }

/* Index entries are written to both indexes while one is built. */
inline changeEntries(without, with) {
    db[LIVE].entries = (db[LIVE].entries & (63 - (without))) | (with);
#ifndef WRONG_WRITES_TO_ONE_INDEX
    if
    :: db[LIVE].building ->
        db[LIVE].entriesBuilding = (db[LIVE].entriesBuilding & (63 - (without))) | (with)
    :: else
    fi
#endif
}

/* The rekey under way must read the boxes again: its commit checks their generations. */
inline overtake(s) {
#ifndef WRONG_REKEY_OVERTAKEN
    if
    :: step == rekeySegments && boxesRead && at == s -> boxesRead = false; boxesSealed = 0
    :: else
    fi
#else
    skip
#endif
}

inline eraseRecord(r) {
    overtake(segment(r));
    changeEntries(boxes(r), 0);
    db[LIVE].state[r] = ERASED;
    db[LIVE].version[r] = 0;
    db[LIVE].dek[r] = 0;
    markDirty(segment(r))
}

inline eraseValue() {
    overtake(0);
    changeEntries(box(1, 0), box(1, 1));
    db[LIVE].dek[1] = 1;
    markDirty(0)
}

#define hasValue(d) (db[d].state[1] == HERE && db[d].dek[1] == 0)

/* Carries out what the ledger holds and the database doesn't. */
inline applyLedger() {
#ifndef WRONG_RESTORE_BRINGS_VALUE_BACK
    find(ERASURE(VALUE));
    if
    :: number && hasValue(LIVE) -> eraseValue()
    :: else
    fi;
#endif
    for (k : 0 .. RECORDS - 1) {
        find(ERASURE(k));
        if
        :: number && db[LIVE].state[k] == HERE -> eraseRecord(k)
#ifndef WRONG_UNKNOWN_ERASURE_IGNORED
        /* A record that the database never knew: copies may have it in any segment. */
        :: number && db[LIVE].state[k] == ABSENT ->
            db[LIVE].state[k] = ERASED;
            for (i : 0 .. SEGMENTS - 1) {
                if
                :: db[LIVE].key[i] -> markDirty(i)
                :: else
                fi
            }
#endif
        :: else
        fi
    }
}

/* last: 1 if the ledger holds an erasure that the database doesn't show. */
inline findUnapplied() {
    last = 0;
    for (k : 0 .. RECORDS - 1) {
        find(ERASURE(k));
        if
        :: number && db[LIVE].state[k] != ERASED -> last = 1
        :: else
        fi
    }
    find(ERASURE(VALUE));
    if
    :: number && hasValue(LIVE) -> last = 1
    :: else
    fi
}

#ifdef WRONG_FAILED_SYNC_BELIEVED
#define mayLoseCommit true
#else
#define mayLoseCommit (commit == written)
#endif
#define mayLoseFile (file[0] != fileSynced[0] || file[1] != fileSynced[1] \
    || file[2] != fileSynced[2] || file[3] != fileSynced[3])

/* What a power loss leaves of what was written and not synced: all or nothing, of each. */
inline losePower() {
    if
    :: ledgerSynced < ledgerLength -> d_step { cutLedger(ledgerSynced); skip }
    :: ledgerSynced = ledgerLength
    fi;
    if
    :: d_step { mayLoseCommit -> copyDatabase(LIVE, SYNCED); skip }
    :: d_step { copyDatabase(SYNCED, LIVE); skip }
    fi;
    if
    :: d_step { mayLoseFile -> for (i : 0 .. FILES - 1) { file[i] = fileSynced[i] }; skip }
    :: d_step { for (i : 0 .. FILES - 1) { fileSynced[i] = file[i] }; skip }
    fi;
    d_step {
        phase = down;
        holder = nobody;
        commit = none;
        request = 0;
        subject = 0;
        prepared = 0;
        sealedUnder = 0;
        boxesRead = false;
        boxesSealed = 0;
        step = idle;
        at = 0;
        fileWritten = false;
        ring = 0;
        backingUp = false;
        copyDatabase(TAKEN, PART)
    }
}
/* At start, once the keyring is open: where the rotation stands. */
inline resume() {
    findLastRotationEvent();
    at = 0;
    if
#ifdef WRONG_MIDDLE_NOT_RESUMED
    :: isMiddle(ring) -> step = idle
#else
    :: isMiddle(ring) && last == BEGUN(newest(ring)) -> step = rekeySegments
    :: isMiddle(ring) && last != BEGUN(newest(ring)) -> step = appendBegun
#endif
#if defined(WRONG_START_BELIEVES_KEYRING) || defined(WRONG_LOCAL_ESCROW_LAST) || \
    defined(WRONG_LOCAL_KEYRING_FINAL_FIRST)
    :: !isMiddle(ring) && last == BEGUN(newest(ring)) -> step = certifyFinality
#else
    /* Another file may be older: each is read back, and written if it must be. */
    :: !isMiddle(ring) && last == BEGUN(newest(ring)) -> step = writeFinalKeyring
#endif
    :: !isMiddle(ring) && last == FINAL(newest(ring)) -> step = idle
    /* The ledger that was restored is older than the keyring: what it settled, the next rotation does. */
    :: !isMiddle(ring) && (last == 0 || last % 10 < newest(ring)) -> step = idle
    :: else -> assert(false)            /* the keyring is older than the ledger's: the vault refuses */
    fi
}

/* A lost disk, and a restore on a bare machine: newest keys part, any records part, newest escrow,
   the ledger as far as the replica has it. */
inline restore() {
    copyDatabase(LIVE, PART);
    cutLedger(ledgerReplica);
    ledgerSynced = ledgerReplica;
    for (i : LOCAL_ESCROW .. LOCAL_KEYRING) {
        file[i] = fileSynced[REPLICA_ESCROW];
        fileSynced[i] = file[i]
    }
    ring = file[LOCAL_KEYRING];
    away = NONE;
#ifndef WRONG_CUTOFF_BEYOND_LEDGER
    /* Entries to come take the numbers of those that are lost: event 6 is in the ledger before they are. */
    if
    :: isMiddle(ring) && cutoff[newest(ring)] > ledgerLength -> cutoff[newest(ring)] = ledgerLength
    :: else
    fi;
#endif
#ifdef WRONG_RESTORE_INDEX_BEFORE_LEDGER
    build(theIndex);
    swap();
    observe();
#endif
#ifndef WRONG_RESTORE_WITHOUT_LEDGER
    applyLedger();
#endif
    build(theIndex);
    swap();
    observe();
    copyDatabase(SYNCED, LIVE);
#ifdef WRONG_RESTORE_WITHOUT_LEDGER
    phase = serving;
    resume();
#else
    ring = 0;
#endif
    for (k : 0 .. RECORDS - 1) {
        acknowledged[k] =
            (db[PART].state[k] == HERE && rows[k] == db[PART].version[k] -> rows[k] : 0)
    }
    forgiveErasures()
}

/* What is lost with a disk or an older database: removals that it doesn't have, and erasures that the
   ledger doesn't have. */
inline forgiveErasures() {
    for (k : 0 .. VALUE) {
        find(ERASURE(k));
        if
        :: erasureAnswered[k] == 2 && number == 0 -> erasureAnswered[k] = 0
        :: else
        fi
    }
    if
    :: hasValue(PART) -> removedBefore = 0
    :: else
    fi
}

/* The operator puts an older database back under the live vault, and has it accepted: a copy of when the
   newest keys part was taken. One whose keys the keyring doesn't hold is refused. */
#define mayRevert (phase == down && (keks(file[LOCAL_KEYRING]) & bit(db[PART].vaultBox)) && \
    (db[PART].key[0] == 0 || (keks(file[LOCAL_KEYRING]) & bit(db[PART].epoch[0]))) && \
    (db[PART].key[1] == 0 || (keks(file[LOCAL_KEYRING]) & bit(db[PART].epoch[1]))) && \
    (indexKeys(file[LOCAL_KEYRING]) & bit(db[PART].index)) && \
    (db[PART].building == 0 || (indexKeys(file[LOCAL_KEYRING]) & bit(db[PART].building - 1))))

inline revert() {
    copyDatabase(LIVE, PART);
    copyDatabase(SYNCED, PART);
    for (k : 0 .. RECORDS - 1) {
        acknowledged[k] = (db[PART].state[k] == HERE -> db[PART].version[k] : 0)
    }
    forgiveErasures()
}

/* Every wrap in the database is under a KEK of the keyring. */
inline mustOpen(d, content) {
    for (i : 0 .. SEGMENTS - 1) {
        assert(db[d].key[i] == 0 || (keks(content) & bit(db[d].epoch[i])))
    }
    assert(keks(content) & bit(db[d].vaultBox))
}

inline judge() {
    liveKeys();

    /* P4: nothing of which finality was declared opens with a live key. */
    reach = 0;
    for (i : 0 .. SEGMENTS * KEYS - 1) {
        if
        :: seenWraps[i] & opens -> reach = reach | seenBoxes[i]
        :: else
        fi
    }
    assert((reach & declared) == 0);

    /* … nor is an index entry of it confirmed. */
    confirmed = 0;
    for (i : 0 .. KEKS - 1) {
        if
        :: entries & bit(i) -> confirmed = confirmed | seenEntries[i]
        :: else
        fi
    }
    assert((confirmed & declared) == 0);
    forget();

    if
    :: phase == serving ->
        /* The vault opens. */
        mustOpen(LIVE, ring);
        assert(indexKeys(ring) & bit(db[LIVE].index));
        for (k : 0 .. RECORDS - 1) {
            /* P8: no acknowledged write is lost. */
            assert(acknowledged[k] == 0 ||
                (db[LIVE].state[k] == ERASED && (erasureWanted & bit(k))) ||
                (db[LIVE].state[k] == HERE && db[LIVE].version[k] >= acknowledged[k]));
            /* P3: what was erased is not served again. */
            assert(erasureAnswered[k] == 0 || db[LIVE].state[k] != HERE);
            assert((declared & boxes(k)) != boxes(k) || db[LIVE].state[k] != HERE)
        }
        assert(erasureAnswered[VALUE] == 0 || !hasValue(LIVE));
        assert((declared & box(1, 0)) == 0 || !hasValue(LIVE));
        /* Search finds what is there. */
        allBoxes(LIVE);
        assert(db[LIVE].entries == all)
    :: else
    fi;

    /* Were the disk lost now, the newest keys part would open with the newest escrow. */
    mustOpen(PART, fileSynced[REPLICA_ESCROW])
}

/* ---- Commits: the ledger's entry, synced; the database's write, synced; then the answer */

#ifdef PROGRESS
#define isCalm calm
#else
#define isCalm false
#endif
#define mayAsk    (phase == serving && holder == nobody && !isCalm)
#define mayRotate (phase == serving && holder == nobody)

inline ask(what, r, from) {
    holder = user;
    request = what;
    subject = r;
    commit = from
}

inline write() { commit = written; observe() }

inline askErasure(r) {
    erasureWanted = erasureWanted | bit(r);
#ifdef WRONG_LEDGER_AFTER_ANSWER
    ask(erase, r, logged)
#else
    ask(erase, r, appended);
    append(ERASURE(r))
#endif
}

inline writeRequest() {
    if
    :: request == erase && subject != VALUE -> eraseRecord(subject)
    :: request == erase && subject == VALUE -> eraseValue()
    :: request == update ->
        overtake(segment(subject));
        db[LIVE].version[subject]++;
#ifdef WRONG_BOX_UNDER_OLD_SEGMENT_KEY
        if
        :: sealedUnder != db[LIVE].key[0] -> db[LIVE].state[subject] = ABSENT  /* no key opens it */
        :: else
        fi;
#endif
        sealedUnder = 0
    :: request == remove ->
        overtake(segment(subject));
        changeEntries(box(1, 0), box(1, 1));
        db[LIVE].version[subject]++;
        db[LIVE].dek[subject] = 1;
        markDirty(segment(subject))
    :: request == create ->
        overtake(seat);
        db[LIVE].state[subject] = HERE;
        db[LIVE].version[subject] = 1;
        changeEntries(0, box(2, 0));
        if
        :: seat == 1 ->
            freshKey(seat);
            db[LIVE].key[seat] = k;
            db[LIVE].epoch[seat] = prepared - 1;
            prepared = 0
        :: else
        fi
    fi;
    write()
}

inline endCommit() {
    holder = nobody;
    commit = none;
    request = 0;
    subject = 0
}

inline answer() {
    if
    :: request == erase ->
        erasureAnswered[subject] = (ledgerReplica < ledgerSynced -> 2 : 1);
#ifdef WRONG_FINALITY_AT_ONCE
        declared = declared | boxes(subject);
#endif
        if
        :: subject != VALUE -> acknowledged[subject] = 0
        :: else
        fi
    :: else -> acknowledged[subject] = db[LIVE].version[subject]
    fi;
    if
    :: request == remove -> removedBefore = attempt + 1
    :: else
    fi
}

inline syncLedger() {
    ledgerSynced = ledgerLength;
    if
    :: away != REPLICA -> catchUp()
    :: else
    fi
}

/* The ledger's replica takes what it lacks: always a prefix of what is synced here. */
inline catchUp() {
    ledgerReplica = ledgerSynced;
    for (i : 0 .. VALUE) {
        if
        :: erasureAnswered[i] == 2 -> erasureAnswered[i] = 1
        :: else
        fi
    }
}

/* ---- The rotation */

/* Settled are the erasures up to the cutoff; a removed value, if it went before the new KEK was made. */
inline declareFinality(a) {
    for (k : 0 .. RECORDS - 1) {
        find(ERASURE(k));
        if
#ifdef WRONG_CUTOFF_IGNORED
        :: number -> declared = declared | boxes(k)
#else
        :: number && number <= cutoff[a] -> declared = declared | boxes(k)
#endif
        :: else
        fi
    }
    find(ERASURE(VALUE));
    if
#ifdef WRONG_CUTOFF_IGNORED
    :: number -> declared = declared | box(1, 0)
#else
    :: number && number <= cutoff[a] -> declared = declared | box(1, 0)
#endif
    :: else
    fi;
    if
    :: removedBefore && removedBefore <= a -> declared = declared | box(1, 0)
    :: else
    fi
}

inline beginRotation() {
    attempt++;
    oldKEK[attempt] = newest(ring);
    cutoff[attempt] = ledgerLength;
#ifdef WRONG_GENERATION_BELIEVED
    generationFinal[attempt] = generationFinal[newest(ring)] + 2;
#endif
    /* Was anything removed since the index key was made? */
    if
#ifndef WRONG_INDEX_KEPT
    :: db[LIVE].dirty[0] || db[LIVE].dirty[1] -> indexKey[attempt] = attempt
#endif
    :: else -> indexKey[attempt] = indexKey[newest(ring)]
    fi;
    at = 0;
#ifdef WRONG_MIDDLE_KEYRING_AFTER_REKEY
    ring = middle(attempt);
    step = appendBegun
#else
    step = writeMiddleKeyring
#endif
}

/* New segment key, live boxes sealed anew. */
inline rekey(s, a) {
#ifdef WRONG_REKEY_OVERTAKEN
    for (k : 0 .. RECORDS - 1) {
        if
        :: (boxesSealed & boxes(k)) && db[LIVE].state[k] == ERASED -> db[LIVE].state[k] = HERE
        :: else
        fi
    }
#endif
    boxesRead = false;
    boxesSealed = 0;
    freshKey(s);
    db[LIVE].key[s] = k;
    db[LIVE].epoch[s] = a;
    /* Of what was marked in the new epoch, the next rotation must know; and if this one keeps the index
       key, of all: what went after it had begun still has its entries under that key. */
    if
#ifdef WRONG_DIRTY_CLEARED_WITHOUT_NEW_INDEX
    :: db[LIVE].dirty[s] != a + 1 -> db[LIVE].dirty[s] = 0
#else
    :: db[LIVE].dirty[s] != a + 1 && indexKey[a] == a -> db[LIVE].dirty[s] = 0
#endif
    :: else
    fi
}

#ifdef WRONG_DIRTY_ONLY_REWRAPPED
#define mustRekey(s) false
#elif defined(WRONG_NEW_EPOCH_NOT_REKEYED)
#define mustRekey(s) (db[LIVE].dirty[s] && db[LIVE].dirty[s] != newest(ring) + 1)
#else
#define mustRekey(s) (db[LIVE].key[s] && db[LIVE].dirty[s])
#endif
#define mustRewrap(s) (db[LIVE].key[s] && db[LIVE].epoch[s] != newest(ring))

inline build(key) {
    allBoxes(LIVE);
    db[LIVE].building = (key) + 1;
    db[LIVE].entriesBuilding = all
}

inline swap() {
    db[LIVE].index = db[LIVE].building - 1;
    db[LIVE].entries = db[LIVE].entriesBuilding;
    db[LIVE].building = 0;
    db[LIVE].entriesBuilding = 0
}

inline rewrap(s) {
    db[LIVE].epoch[s] = newest(ring);
#ifdef WRONG_DIRTY_CLEARED_BY_REWRAP
    db[LIVE].dirty[s] = 0;
#endif
}

inline afterRewrap() {
    at = 0;
#ifdef WRONG_KEK_DESTROYED_BEFORE_KEYS_PART
    step = writeFinalKeyring
#elif defined(WRONG_MIDDLE_KEYRING_AFTER_REKEY)
    step = writeMiddleKeyring
#else
    step = writeKeysPart
#endif
}

inline afterKeysPart() {
#ifdef WRONG_KEK_DESTROYED_BEFORE_KEYS_PART
    step = certifyFinality
#else
    step = writeFinalKeyring
#endif
}

inline afterFiles() {
    at = 0;
    if
    :: step == writeMiddleKeyring ->
        ring = middle(attempt);
#ifdef WRONG_MIDDLE_KEYRING_AFTER_REKEY
        step = writeKeysPart
#else
        step = appendBegun
#endif
    :: else ->
        ring = final(newest(ring));
#ifdef WRONG_KEK_DESTROYED_BEFORE_KEYS_PART
        step = writeKeysPart
#else
        step = certifyFinality
#endif
    fi
}

inline afterCommit() {
    if
    :: step == appendBegun -> step = rekeySegments
    :: step == rekeySegments -> at++
    :: step == renewVaultBox -> step = rebuildIndex
    :: step == certifyFinality -> step = appendFinal
    :: step == appendFinal -> step = idle
    :: else
    fi
}

/* The order: everywhere else first; the keyring after the escrow. */
#ifdef WRONG_LOCAL_KEYRING_FINAL_FIRST
#define theFile (step == writeMiddleKeyring -> at : FILES - 1 - at)
#elif defined(WRONG_LOCAL_ESCROW_LAST)
#define theFile (at < LOCAL_ESCROW -> at : LOCAL_ESCROW + LOCAL_KEYRING - at)
#else
#define theFile at
#endif
#define isRemote (theFile == REPLICA_KEYRING || theFile == REPLICA_ESCROW)
#define target (step == writeMiddleKeyring -> middle(attempt) : final(newest(ring)))
/* What is there already stays: told by its content. A rotation that was not begun may have left another
   keyring of the same generation. */
#ifdef WRONG_GENERATION_BELIEVED
#define generation(content) (generationFinal[newest(content)] - isMiddle(content))
#define isThere (generation(fileSynced[theFile]) == generation(target))
#else
#define isThere (fileSynced[theFile] == target)
#endif
#define isWriting ((step == writeMiddleKeyring || step == writeFinalKeyring) && phase == serving)
#ifdef WRONG_ESCROW_OLD
#define isSkipped (theFile == REPLICA_ESCROW || theFile == LOCAL_ESCROW)
#elif defined(WRONG_UNREACHABLE_REPLICA_SKIPPED)
#define isSkipped (isRemote && away == REPLICA && step == writeFinalKeyring)
#else
#define isSkipped false
#endif

/* A backup and the rotation's keys part exclude each other. */
#ifdef WRONG_BACKUP_OVERTAKES
#define isLocked false
#else
#define isLocked backingUp
#endif

inline nextFile() {
    fileWritten = false;
    at++;
    if
    :: at == FILES -> afterFiles()
    :: else
    fi
}

inline initialise() {
    for (i : 0 .. 1) {
        db[LIVE].state[i] = HERE;
        db[LIVE].version[i] = 1;
        acknowledged[i] = 1;
        rows[i] = 1
    }
    db[LIVE].key[0] = 1;
    db[LIVE].entries = box(0, 0) | box(1, 0);
    copyDatabase(SYNCED, LIVE);
    copyDatabase(PART, LIVE);
    copyDatabase(TAKEN, LIVE);
    observe()
}

active proctype vault() {
    d_step { initialise(); skip }
    do
    :: atomic {
        if

        /* ---- Requests */

        :: d_step { mayAsk && erasures < ERASURES && db[LIVE].state[0] == HERE ->
            erasures++; askErasure(0) }
        :: d_step { mayAsk && erasures < ERASURES && db[LIVE].state[1] == HERE ->
            erasures++; askErasure(1) }
        :: d_step { mayAsk && erasures < ERASURES && db[LIVE].state[2] == HERE ->
            erasures++; askErasure(2) }
        :: d_step { mayAsk && parts < PARTS && hasValue(LIVE) -> parts++; askErasure(VALUE) }
        :: d_step { mayAsk && removals < REMOVALS && hasValue(LIVE) ->
            removals++; ask(remove, 1, logged) }
        /* A box is sealed before the commit, under the segment's key of that moment; the commit checks
           that it still is: if not, it is made again. */
        :: d_step { mayAsk && updates < UPDATES && db[LIVE].state[1] == HERE && sealedUnder == 0 ->
            sealedUnder = db[LIVE].key[0] }
        :: d_step { mayAsk && sealedUnder && db[LIVE].state[1] == HERE ->
            updates++; ask(update, 1, logged) }
        /* The key of a new segment is made before the commit, under the newest KEK of that moment. */
        :: d_step { mayAsk && creations < CREATIONS && prepared == 0 -> prepared = newest(ring) + 1 }
        :: d_step { mayAsk && creations < CREATIONS && prepared ->
#ifndef WRONG_NEW_SEGMENT_UNDER_OLD_KEK
            prepared = newest(ring) + 1;        /* the commit checks it: if not the newest, made again */
#endif
            creations++; seat = 1; ask(create, 2, logged) }
        :: d_step { mayAsk && creations < CREATIONS && prepared == 0 ->
            creations++; seat = 0; ask(create, 2, logged) }

        /* ---- Commits */

        :: d_step { commit == appended ->
            syncLedger();
            if
            :: holder == rotation -> endCommit(); afterCommit()
#ifdef WRONG_LEDGER_AFTER_ANSWER
            :: holder == user -> endCommit()
#else
            :: holder == user -> commit = logged
#endif
            fi; skip }
        :: d_step { commit == logged -> writeRequest(); skip }
#ifdef WRONG_SERVES_AFTER_FAILED_COMMIT
        :: d_step { commit == logged && request == erase -> endCommit() }
#endif
        :: d_step { commit == written ->
            copyDatabase(SYNCED, LIVE);
            if
#ifdef WRONG_LEDGER_AFTER_ANSWER
            :: holder == user && request == erase -> answer(); append(ERASURE(subject)); commit = appended
            :: holder == user && request != erase -> answer(); endCommit()
#else
            :: holder == user -> answer(); endCommit()
#endif
            :: holder == rotation -> endCommit(); afterCommit()
            :: holder == start -> endCommit(); phase = serving; resume()
            fi; skip }
#ifdef WRONG_FAILED_SYNC_BELIEVED
        :: d_step { commit == written && holder == user -> answer(); endCommit() }
#endif
        :: d_step { phase == serving && holder == nobody && away != REPLICA &&
            ledgerReplica < ledgerSynced -> catchUp(); skip }

        /* ---- Rotation: the files */

        :: d_step { mayAsk && step == idle && attempt < ROTATIONS && away != REPLICA ->
            beginRotation(); skip }
        :: d_step { isWriting && !fileWritten && (isThere || isSkipped) ->
            nextFile(); skip }
        :: d_step { isWriting && !fileWritten && !isThere && !isSkipped &&
            (!isRemote || away != REPLICA) ->
            file[theFile] = target;
            fileWritten = true }
        :: d_step { isWriting && fileWritten && (!isRemote || away != REPLICA) ->
#ifndef WRONG_KEYRING_NOT_SYNCED
            fileSynced[theFile] = file[theFile];
#endif
            nextFile(); skip }
        /* The replica went out of reach: what was written may be there or not. */
        :: d_step { isWriting && fileWritten && isRemote && away == REPLICA ->
            fileSynced[theFile] = file[theFile]; fileWritten = false }
        :: d_step { isWriting && fileWritten && isRemote && away == REPLICA ->
            file[theFile] = fileSynced[theFile]; fileWritten = false }
        :: d_step { step == writeMiddleKeyring && !fileWritten && isRemote && away == REPLICA ->
            step = idle; at = 0 }       /* not begun */

        /* ---- Rotation: the commits */

        :: d_step { mayRotate && step == appendBegun ->
#ifdef WRONG_CUTOFF_LATE
            cutoff[newest(ring)] = ledgerLength;
#endif
            holder = rotation; commit = appended; append(BEGUN(newest(ring))) }
        :: d_step { mayRotate && step == rekeySegments && at < SEGMENTS ->
            if
            :: mustRekey(at) && !boxesRead -> boxesRead = true; liveBoxes(LIVE, at); boxesSealed = bits
            :: mustRekey(at) && boxesRead -> holder = rotation; rekey(at, newest(ring)); write()
            :: else -> at++
            fi; skip }
        :: d_step { mayRotate && step == rekeySegments && at == SEGMENTS ->
            at = 0; step = renewVaultBox }
        :: d_step { mayRotate && step == renewVaultBox ->
            holder = rotation; db[LIVE].vaultBox = newest(ring); write(); skip }
        :: d_step { mayRotate && step == rebuildIndex ->
            if
            :: db[LIVE].index != theIndex && db[LIVE].building != theIndex + 1 ->
                holder = rotation; build(theIndex); write()
            :: db[LIVE].index != theIndex && db[LIVE].building == theIndex + 1 ->
                holder = rotation; swap(); write()
            :: db[LIVE].index == theIndex -> step = rewrapSegments
            fi; skip }
        :: d_step { mayRotate && step == rewrapSegments ->
            if
            :: mustRewrap(0) -> holder = rotation; rewrap(0); write()
            :: !mustRewrap(0) && mustRewrap(1) -> holder = rotation; rewrap(1); write()
            :: else -> afterRewrap()
            fi; skip }
        :: d_step { phase == serving && step == writeKeysPart && away != DESTINATION && !isLocked ->
            copyDatabase(PART, SYNCED);
            if
            :: !backingUp -> copyDatabase(TAKEN, PART)
            :: else
            fi;
            afterKeysPart(); skip }
        :: d_step { mayRotate && step == certifyFinality ->
            holder = rotation; declareFinality(newest(ring)); write(); skip }
        :: d_step { mayRotate && step == appendFinal ->
            holder = rotation; commit = appended; append(FINAL(newest(ring))) }

        /* ---- Backup: a snapshot, a records part, a keys part */

        :: d_step { mayAsk && backups < BACKUPS && !backingUp && away != DESTINATION ->
            backups++;
            backingUp = true;
            copyDatabase(TAKEN, SYNCED);
            for (i : 0 .. RECORDS - 1) { rows[i] = db[TAKEN].version[i] }; skip }
        :: d_step { backingUp && away != DESTINATION ->
            copyDatabase(PART, TAKEN);
            backingUp = false }
        :: d_step { backingUp && away == DESTINATION ->
            copyDatabase(TAKEN, PART);
            backingUp = false }

        /* ---- Start */

        :: d_step { phase == down ->
            ring = file[LOCAL_KEYRING];
            mustOpen(LIVE, ring);
            assert(indexKeys(ring) & bit(db[LIVE].index));
            findUnapplied();
            if
            :: last -> phase = starting; holder = start; applyLedger(); write()
            :: else -> phase = serving; resume()
            fi; skip }

        /* ---- The world */

        :: d_step { away == NONE && !isCalm -> away = REPLICA }
        :: d_step { away == NONE && !isCalm -> away = DESTINATION }
        :: d_step { away != NONE -> away = NONE }
        :: crashes < CRASHES && !isCalm && phase != down -> crashes++; losePower()
        :: losses < LOSSES && !isCalm -> losses++; losePower(); d_step { restore(); skip }
        :: d_step { reverts < REVERTS && !isCalm && mayRevert -> reverts++; revert(); skip }
#ifdef PROGRESS
        :: d_step { !calm -> calm = true; away = NONE }
        :: d_step { calm && phase == serving && holder == nobody && step == idle && !isMiddle(ring) &&
            !backingUp && ledgerReplica == ledgerLength -> ended = true }
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
