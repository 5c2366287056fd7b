#!/bin/sh
# nearest_feature.sh WORD SWITCH...: says what is wrong with a WORD of FEATURES that is not -DSWITCH, and which
# switch was probably meant: the one whose letters differ least.
word=$1
shift
printf '%s\n' "$@" | awk -v word="$word" '
  function least(a, b) { return a < b ? a : b }
  # How many letters must be added, removed or changed to turn a into b.
  function distance(a, b,    i, j, row, left, above, before) {
    for (j = 0; j <= length(b); j++) row[j] = j
    for (i = 1; i <= length(a); i++) {
      before = row[0]
      row[0] = i
      for (j = 1; j <= length(b); j++) {
        above = row[j]
        row[j] = least(before + (substr(a, i, 1) != substr(b, j, 1)), least(above, row[j - 1]) + 1)
        before = above
      }
    }
    return row[length(b)]
  }
  BEGIN {
    name = toupper(word)
    sub(/^-D/, "", name)
    sub(/=.*/, "", name)
    sub(/^WANT_/, "", name)
    best = 1 + (length(name) > 5 ? int(length(name) / 3) : 2)
  }
  {
    all = all " -D" $0
    now = distance(name, substr($0, 6))
    if (now < best) { best = now; nearest = $0 }
  }
  END {
    text = "FEATURES: " word " is not a switch"
    print text (nearest ? "; did you mean -D" nearest "?" : "; the switches are" all)
  }'
