# shellcheck shell=bash disable=SC2034,SC2154
# For rehearse-image.sh: follows .dockerignore and the Dockerfile without Docker, each stage in a
# folder of its own under $scratch. Stops at whatever it does not know, so that it passes over
# nothing. Leaves what the last stage says in $release, $environment, $command and $healthcheck.

die() { echo "✘ $*" >&2; exit 1; }

# Copies what .dockerignore lets through, as from a checkout that is closed to other users.
make_context() {
  local rules names file files=()
  context=$scratch/context
  mapfile -t rules < <(grep -v -e '^#' -e '^$' .dockerignore)
  [[ ${rules[0]} == '*' ]] || die '.dockerignore does not begin by leaving everything out.'
  [[ ${rules[*]:1} != *[*?[]* ]] || die '.dockerignore has patterns that are not known here.'
  mapfile -t names < <(printf '%s\n' "${rules[@]}" | sed -n 's/^!//p')
  while IFS= read -r file; do
    if is_let_through "$file"; then files+=("$file"); fi
  done < <(find "${names[@]}" -type f)
  mkdir "$context"
  cp --parents -t "$context" -- "${files[@]}"
  chmod -R go= "$context"
}

is_let_through() {
  local rule name verdict=no
  for rule in "${rules[@]:1}"; do
    name=${rule#!}
    if [[ $1 == "$name" || $1 == "$name"/* ]]; then
      verdict=no
      if [[ $rule == !* ]]; then verdict=yes; fi
    fi
  done
  [[ $verdict == yes ]]
}

# Prints the Dockerfile, one instruction a line.
read_instructions() {
  sed '/^[[:space:]]*#/d; /^$/d' Dockerfile |
    sed -e :again -e '/\\$/ { N; s/\\\n[[:space:]]*//; b again' -e '}'
}

# Prints the words of an exec form, each ended by a zero byte; nothing for a shell form.
words_of() {
  # shellcheck disable=SC2016
  node -e 'for (const word of JSON.parse(process.argv[1])) process.stdout.write(`${word}\0`)' "$1"
}

copy() {
  local words from=$context source target
  read -ra words <<<"$1"
  if [[ ${words[0]} == --from=* ]]; then
    from=$scratch/${words[0]#--from=}
    words=("${words[@]:1}")
  fi
  [[ ${words[0]} != --* ]] || die "COPY $1: an option that is not known here."
  target=$root$workdir/${words[-1]}
  mkdir -p "$target"
  for source in "${words[@]::${#words[@]}-1}"; do
    [[ -d $from/$source || $target == */ ]] || die "COPY $1: is the target a folder?"
    if [[ -d $from/$source ]]; then source=$source/.; fi
    cp -a -t "$target" -- "$from/$source"
  done
}

run() {
  local absolute='(^|[^[:alnum:]._-])/'
  [[ ! $1 =~ $absolute ]] || die "RUN $1: an absolute path would lead out of its folder."
  (cd "$root$workdir" && env -u NODE_ENV "${environment[@]}" sh -c "$1") || die "RUN $1"
}

follow() {
  local base
  case $1 in
    FROM)
      read -r base _ stage <<<"$2"
      root=$scratch/${stage:=final} workdir='' environment=() user='' command=() healthcheck=()
      mkdir "$root"
      [[ $base == node:"$(node -p 'process.versions.node.split(".")[0]')".* ]] ||
        die "$base is not of the Node on the PATH, $(node --version)."
      ;;
    LABEL | EXPOSE) ;;
    ENV)
      read -ra environment <<<"$2"
      environment=("${environment[@]/=\//=$root/}")
      ;;
    WORKDIR) workdir=$2 && mkdir -p "$root$workdir" ;;
    COPY) copy "$2" ;;
    RUN) run "$2" ;;
    USER) user=$2 ;;
    HEALTHCHECK) mapfile -d '' -t healthcheck < <(words_of "${2#*CMD }") ;;
    CMD) mapfile -d '' -t command < <(words_of "$2") ;;
    *) die "$1 is an instruction that is not known here." ;;
  esac
}

follow_dockerfile() {
  local instruction
  make_context
  while IFS= read -r instruction <&3; do
    follow "${instruction%% *}" "${instruction#* }"
  done 3< <(read_instructions)
  [[ ${#command[@]} -gt 0 && ${#healthcheck[@]} -gt 0 ]] || die 'CMD or HEALTHCHECK is missing.'
  [[ $user =~ ^[1-9][0-9]*: ]] || die "USER '$user' is not a number other than root's."
  release=$root$workdir
  # Files of an image belong to root, and its file system may be read-only.
  chmod -R a-w "$release"
  chmod a+w "$release/data"
}
