# Completions of imsearch for fish. The programs themselves know what may come
# next: `imsearch --complete WORD...` lists it (imsearch-formats(5)).
#
# An installation puts this where fish finds it. In a clone:
#   source scripts/completion/imsearch.fish

function __imsearch_complete
    set -l words (commandline -opc)
    set -l current (string unescape -- (commandline -ct))
    set -l program $words[1]
    set -e words[1]
    set -l command (string match -r 'imsearch-(.*)$' -- $program)[2]
    if set -q command[1]
        set program (string replace -- "-$command" '' $program)
    end
    for line in ($program --complete $command $words "$current" 2>/dev/null)
        if string match -q ':files*' -- $line
            set -l before (string match -r '^-[^=]*=' -- $current)
            set -l name (string replace -r '^-[^=]*=' '' -- $current)
            # fish's own completion of files, for a command that has no other.
            set -l files (complete -C "__fish_command_without_completions $name")
            set -l endings (string split -n ' ' -- (string sub -s 7 -- $line))
            if set -q endings[1]
                set -l pattern '\.('(string join '|' -- $endings)')$|/$'
                set files (string match -ri -- "^.*(?:$pattern)" $files | string match -ri -- $pattern)
            end
            for file in $files
                echo $before$file
            end
        else
            echo $line
        end
    end
end

for program in imsearch imsearch-extract imsearch-build-index imsearch-query \
        imsearch-eval-recall imsearch-bench imsearch-push imsearch-update \
        imsearch-duplicates imsearch-fetch-weights
    complete -c $program -f -a '(__imsearch_complete)'
end
