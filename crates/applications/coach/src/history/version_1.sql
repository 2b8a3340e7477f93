CREATE TABLE trainee (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

-- One attempt; `record` is the whole of it as JSON, the other columns are what lists and curves read.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trainee INTEGER NOT NULL REFERENCES trainee (id),
    title TEXT NOT NULL,
    scenario TEXT NOT NULL,
    mode TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    ended_at_ms INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    total REAL NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_by_trainee ON attempt (trainee, ended_at_ms);
CREATE INDEX attempt_by_time ON attempt (ended_at_ms);

-- Points and points to be had, by subject.
CREATE TABLE subject_score (
    attempt INTEGER NOT NULL REFERENCES attempt (id),
    subject TEXT NOT NULL,
    points REAL NOT NULL,
    "of" REAL NOT NULL,
    PRIMARY KEY (attempt, subject)
) STRICT, WITHOUT ROWID;

-- A lesson that was not finished: the lines from which it is replayed.
CREATE TABLE draft (
    trainee INTEGER PRIMARY KEY REFERENCES trainee (id),
    saved_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE draft_line (
    trainee INTEGER NOT NULL REFERENCES draft (trainee),
    number INTEGER NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (trainee, number)
) STRICT, WITHOUT ROWID;
