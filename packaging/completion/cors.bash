# SPDX-License-Identifier: MIT
# bash completion for cors(1)

_cors() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]-} words
  COMPREPLY=()

  case $previous in
    --color) words='auto always never' ;;
    --enforce) words='off report block' ;;
    --browser) words='standard chromium firefox safari' ;;
    --format) words='table tap junit' ;;
    --env) words='production development' ;;
    --fail-on) words='critical high medium low info never' ;;
    --policy | --tls-cert | --tls-key | --har | --answer | --cacert | --cert | --key | --targets | \
      --openapi | --baseline | --write-baseline | --resume | --sarif | --junit | --html | \
      --output | -o)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --user)
      mapfile -t COMPREPLY < <(compgen -u -- "$current")
      return
      ;;
    --page)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --upstream | --mount | --listen | --origin | --method | -X | --header | -H | --data | --curl | \
      --resolve | --proxy | --timeout | --url | --base | --cookie | --rate | --rate-all | \
      --concurrency) return ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then
        words='audit check compile decide explain lab lint serve simulate test --help --version'
      else
        case $command in
          audit)
            words='--targets --openapi --base --har --unsafe --method --header --data --cookie
              --origin --cacert --cert --key --proxy --resolve --timeout --rate --rate-all
              --concurrency --quick --dry-run --fail-on --baseline --write-baseline --resume
              --json --jsonl --sarif --junit --html --color --help'
            ;;
          check)
            words='--origin --method --header --data --credentials --browser --har --curl --send
              --answer --cacert --cert --key --resolve --proxy --timeout --json --color --help'
            ;;
          compile) words='-o --output --env --json --color --help' ;;
          explain) words='--json --color --help' ;;
          lab) words='--listen --open --page --color --help' ;;
          simulate) words='--browser --color --help' ;;
          test)
            words='--policy --env --browser --url --send --format --verbose --json --color --help'
            ;;
          lint) words='--env --strict --json --color --help' ;;
          decide) words='--policy --env --color --help' ;;
          serve)
            words='--policy --upstream --mount --listen --env --enforce --tls-cert --tls-key
              --user --watch --print-config --color --help'
            ;;
          *) return ;;
        esac
        if [[ $command = @(compile|lint|test) && $current != -* ]]; then
          mapfile -t COMPREPLY < <(compgen -f -- "$current")
          compopt -o filenames 2>/dev/null
          return
        fi
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _cors cors
