# One command with one fault in it, and what must hold afterwards. Sourced by faults.sh.
# shellcheck shell=bash
# The folders and settings are those of faults.sh.
# shellcheck disable=SC2154

made=0 survived=0 failed=0 all_failed=0

# Counts what happened to the case $1, which must be nothing ($2) to count as survived.
judge() {
  made=$((made + 1))
  if [ -z "$2" ]; then
    survived=$((survived + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED  %s: %s\n' "$1" "$2"
    sed 's/^/        | /' "$work/err" | cut -c1-300 | head -5
  fi
}

# One line for the group $1.
sum_up() {
  printf '%-16s %5d made, %5d survived, %3d failed  (%d s)\n' \
    "$1" $made $survived $failed $((SECONDS - began))
  # A group in which no call was made to fail shows nothing.
  if [ $made = 0 ]; then all_failed=$((all_failed + 1)); fi
  all_failed=$((all_failed + failed))
  made=0 survived=0 failed=0 began=$SECONDS
}

# Whether the case $1, or a part of the group $1, was asked for.
wanted() {
  case $1 in "$only"*) return ;; esac
  case $only in "$1 "*) return ;; esac
  return 1
}

# Runs a command in the folder of the run; sets rc, and fills $work/out and $work/err.
attempt() {
  rc=0
  # The shell's own word on a killed child goes nowhere.
  (
    cd "$run" || exit
    timeout 120 "$@" </dev/null >"$work/out" 2>"$work/err"
    exit $?
  ) 2>/dev/null || rc=$?
}

# The tensors of a safetensors file: its header says how long the training took.
tensors() {
  local length
  length=$(od -An -tu8 -N8 "$1" | tr -d ' ')
  if [ -n "$length" ]; then tail -c +$((length + 9)) "$1"; fi
}

# What must be the same in every run below the folder $1, as a SHA-256 and a name a line.
listing() {
  (
    cd "$1" || exit
    find . -type f ! -name '.*.tmp' ! -name metrics.jsonl ! -name state.safetensors \
      ! -name lock -exec sha256sum {} +
    find . -name state.safetensors | while IFS= read -r file; do
      echo "$(tensors "$file" | sha256sum) $file"
    done
    find . -name metrics.jsonl | while IFS= read -r file; do
      echo "$(sed -E 's/"(seconds|images_per_second)":[^,}]*//g' "$file" | sha256sum) $file"
    done
  ) | LC_ALL=C sort -k 2
}

temporaries() { (cd "$run" && find . -name '.*.tmp'); }

reset_run() {
  rm -rf "$run"
  cp -a "$start" "$run"
}

# Complains unless the command ended well, or with one of the codes "$@" and in one line.
complain_about_end() {
  local lines others
  lines=$(grep -c '^ddpm: ' "$work/err" || true)
  others=$(grep -vc '^ddpm: ' "$work/err" || true)
  # Not started at all: the system's own words.
  if [ "$rc" = 127 ] && grep -q 'while loading shared libraries' "$work/err"; then return; fi
  case $rc in
    0) [ "$others" = 0 ] || echo "said on standard error what is no line of ddpm's" ;;
    124) echo "hangs" ;;
    *)
      case " $* " in *" $rc "*) ;; *) echo "exit code $rc" ;; esac
      [ "$lines:$others" = 1:0 ] || echo "exit $rc with $lines lines of ddpm's and $others others"
      ;;
  esac
}

# Complains about a file that is neither the one before nor the new one.
complain_about_files() {
  listing "$run" >"$work/now"
  local torn missing
  # The log is appended to: its end may be torn, which the next start mends.
  torn=$(cat "$work/before" "$work/between" "$work/after" | grep -vxFf - "$work/now" | grep -v 'metrics.jsonl$' |
    sed 's/.* //' | tr '\n' ' ' || true)
  if [ -n "$torn" ]; then echo "neither old nor new: $torn"; fi
  if [ "$replaces" = no ]; then
    missing=$(sed 's/.* //' "$work/before" | grep -vxFf <(sed 's/.* //' "$work/now") || true)
    if [ -n "$missing" ]; then echo "gone: ${missing//$'\n'/ }"; fi
  fi
  # What is only kept to be quicker the next time may be missing.
  if [ "$rc" = 0 ] && ! cmp -s <(results "$work/now") <(results "$work/after"); then
    echo "exit 0, but the result is another: $(differing "$work/after" "$work/now")"
  fi
}

results() { grep -vE '/cache/|image_variance|class_shifts' "$1" || true; }
differing() { { diff "$1" "$2" || true; } | sed -n 's/^[<>].* //p' | sort -u | tr '\n' ' '; }

# Carries the command out again and complains unless all is as if nothing had happened.
complain_about_next() {
  local left
  attempt "${again[@]}"
  if [ "$rc" != 0 ]; then
    echo "the next start exits with $rc: $(head -1 "$work/err")"
    return
  fi
  listing "$run" >"$work/now"
  if ! cmp -s "$work/now" "$work/after"; then
    echo "the next start ends with another $(differing "$work/after" "$work/now")"
  fi
  left=$(temporaries)
  if [ -n "$left" ]; then echo "the next start leaves ${left//$'\n'/ }"; fi
}

# The command that goes on with what "$@" began: a training that has saved is resumed.
going_on() {
  again=()
  local word
  for word in "$@"; do
    if [ "$word" = --overwrite ] && [ -s "$run/$state" ]; then word=--resume; fi
    again+=("$word")
  done
}

# The calls that faults are injected at.
calls=openat,getdents64,read,write,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,mkdir,rmdir

# The calls of a trace that concern files of this run or the state of the machine: name, which of the
# thread's calls of that name it is, and the file. Of many for one file only some, fewer with --quick.
interesting() {
  awk -v work="$work/" -v every=$((quick ? 400 : 100)) -v reads="$reads" '
    {
      thread = $1
      sub(/^[0-9]+ +/, "")
      if (!match($0, /^[a-z0-9]+\(/)) next
      name = substr($0, 1, RLENGTH - 1)
      number = ++count[thread, name]
      if (reads == "no" && (name ~ /^(read|getdents64)$/ || /O_RDONLY/)) next
      if (name ~ /^(getdents64|read|write|fsync|fdatasync|ftruncate)$/) {
        if (!match($0, /<[^>]*>/)) next
      } else if (!match($0, /"[^"]*"/)) next
      file = substr($0, RSTART + 1, RLENGTH - 2)
      if (file ~ /^\// && index(file, work) != 1 && file !~ /^\/(proc|sys)\//) next
      sub(work "(run/)?", "", file)
      times = ++seen[name, file]
      if (times > 1 && times % every) next
      if (!done[name, number]++) print name, number, file
    }' "$work/trace"
}

# The faults to inject at the call $1, the $2-th of them all: every one, one at each call in turn, or
# with --quick one at every third.
faults_at() {
  local errors=(EIO ENOSPC EDQUOT EINTR SIGKILL)
  case $1 in
    read | getdents64) errors=(EIO EINTR) ;;
    openat) errors+=(EMFILE) ;;
    fsync) errors+=(EIO+unlink) ;;
  esac
  if ((quick)); then
    if (($2 % 3 == 1)); then echo "${errors[$2 / 3 % ${#errors[@]}]}"; fi
  elif [ "$thorough" = no ]; then
    echo "${errors[$2 % ${#errors[@]}]}"
  else
    echo "${errors[@]}"
  fi
}

# What a training saves before its first step is a version of its own: all that lies there when it
# first writes to its log. Fills $work/between.
version_between() {
  local first
  : >"$work/between"
  first=$(awk '$1 == "write" && $3 ~ /metrics.jsonl$/ { print $2; exit }' "$work/calls")
  if [ -z "$first" ]; then return; fi
  reset_run
  attempt strace -f -qq -o "$work/trace" -e trace=write -e "inject=write:signal=SIGKILL:when=$first" "$@"
  listing "$run" >"$work/between"
}

# Which injections make up the fault $3 at the $2-th call of $1.
injections() {
  case $3 in
    SIG*) echo "-e inject=$1:signal=$3:when=$2" ;;
    EIO+unlink) echo "-e inject=$1:error=EIO:when=$2 -e inject=unlink:error=EIO" ;;
    *) echo "-e inject=$1:error=$3:when=$2" ;;
  esac
}

# Carries the command "$2..." of the group $1 out without a fault: what its files are and what it calls.
without_fault() {
  local group=$1
  shift
  reset_run
  listing "$run" >"$work/before"
  attempt strace -f -y -qq -s 0 -o "$work/trace" -e trace=$calls "$@"
  [ "$rc" = 0 ] || fail "$group: exit code $rc without any fault: $(head -1 "$work/err")"
  listing "$run" >"$work/after"
  interesting >"$work/calls"
  version_between "$@"
}

# The group $1: the command "$2..." once without a fault, then with one at each of its calls.
faults() {
  local group=$1 call number file fault case complaint order=0
  shift
  wanted "$group" || return 0
  without_fault "$group" "$@"
  while read -r -u 3 call number file; do
    order=$((order + 1))
    for fault in $(faults_at "$call" $order); do
      case="$group $call $number $fault"
      wanted "$case" || continue
      reset_run
      # shellcheck disable=SC2046
      attempt strace -f -qq -o "$work/trace" -e trace="$calls" \
        $(injections "$call" "$number" "$fault") "$@"
      if [ "$rc" != 137 ] && ! grep -q INJECTED "$work/trace"; then
        echo "missed  $case ($file)"
        continue
      fi
      going_on "$@"
      complaint=$(
        # POSIX lets these be interrupted, and trying again is then all that is needed. Swift's runtime, which
        # finds its arguments by /proc/self/maps, does not.
        case $fault:$call:$file in
          SIGKILL:*) [ "$rc" = 137 ] || echo "exit code $rc" ;;
          EINTR:*:/proc/*/maps) complain_about_end 74 ;;
          EINTR:read:* | EINTR:write:* | EINTR:openat:* | EINTR:fsync:* | EINTR:ftruncate:*)
            [ "$rc" = 0 ] || echo "exit code $rc, where trying again would have done" ;;
          *) complain_about_end 73 74 ;;
        esac
        complain_about_files
      )
      if [ -n "$complaint" ]; then cp "$work/err" "$work/first"; else : >"$work/first"; fi
      complaint+=${complaint:+; }$(complain_about_next)
      complaint=${complaint%; }
      if [ -s "$work/first" ]; then cp "$work/first" "$work/err"; fi
      judge "$case ($file)" "${complaint//$'\n'/; }"
    done
  done 3<"$work/calls"
  sum_up "$group"
}
