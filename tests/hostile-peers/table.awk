# SPDX-License-Identifier: MIT
# Three tables in Markdown: how often, attempt by attempt, and every escape.
#
#	awk -f table.awk -v names="bwrap ..." LIST RESULT...
#
# LIST has number, title, expectation; each RESULT the lines of a runner, in the
# order of names.  Fails when a cell is missing, when plain programs hold as often
# as ours (then nothing was attacked), and when ours lets one through.
BEGIN {
	FS = "\t"
	peers = split(names, name, " ")
	words = split("holds bounded no_limit ALLOWED did_not_run other machine_lost", word, " ")
	for (w = 1; w <= words; w++)
		gsub(/_/, " ", word[w])
}
FNR == 1 { file++ }
file == 1 {
	number[++rows] = $1
	title[$1] = $2
	next
}
$1 == "CELL" {
	peer = name[file - 1]
	cell[peer, $2] = $3
	detail[peer, $2] = $4
	count[peer, $3]++
}
function head(first,    p, line) {
	line = "| " first " |"
	for (p = 1; p <= peers; p++)
		line = line " " name[p] " |"
	print line
	gsub(/[^|]+/, " --- ", line)
	print line
}
END {
	head("outcome")
	for (w = 1; w <= words; w++) {
		line = "| " word[w] " |"
		for (p = 1; p <= peers; p++)
			line = line " " count[name[p], word[w]] + 0 " |"
		print line
	}
	print ""
	head("number | attempt")
	for (r = 1; r <= rows; r++) {
		line = "| " number[r] " | " title[number[r]] " |"
		for (p = 1; p <= peers; p++) {
			got = cell[name[p], number[r]]
			line = line " " (got == "ALLOWED" ? "**ALLOWED**" : got) " |"
			missing += got == ""
		}
		print line
	}
	for (p = 1; p <= peers; p++) {
		print "\n" name[p] ":\n"
		for (r = 1; r <= rows; r++) {
			got = cell[name[p], number[r]]
			if (got != "holds" && got != "bounded" && got != "no limit")
				print "- " number[r] " " title[number[r]] ": " got ", `" detail[name[p], number[r]] "`"
		}
	}
	if (missing) {
		print "table.awk: " missing " cells are missing" >"/dev/stderr"
		exit 1
	}
	for (p = 1; p <= peers; p++) {
		good = count[name[p], "holds"] + count[name[p], "bounded"]
		if (name[p] == "fortnight" && good < rows) {
			print "table.awk: fortnight does not hold everywhere" >"/dev/stderr"
			exit 1
		}
		if (name[p] == "plain" && count[name[p], "ALLOWED"] < 20) {
			print "table.awk: the attacks do nothing even without a sandbox" >"/dev/stderr"
			exit 1
		}
	}
}
