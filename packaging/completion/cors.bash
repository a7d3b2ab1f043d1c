# SPDX-License-Identifier: MIT
# bash completion for cors(1)

_cors() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]-} words
  COMPREPLY=()

  case $previous in
    --color) words='auto always never' ;;
    --enforce) words='off report block' ;;
    --env) words='production development' ;;
    --policy | --tls-cert | --tls-key)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --upstream | --mount | --listen) return ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then
        words='lint decide serve --help --version'
      else
        case $command in
          lint) words='--env --strict --json --color --help' ;;
          decide) words='--policy --env --color --help' ;;
          serve)
            words='--policy --upstream --mount --listen --env --enforce --tls-cert --tls-key
              --watch --print-config --color --help'
            ;;
          *) return ;;
        esac
        if [ "$command" = lint ] && [[ $current != -* ]]; then
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
