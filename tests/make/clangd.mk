# compile_commands.json, by which clangd and other tools of editors know how a file is compiled: as the
# variant unit, without precompiled headers.

.PHONY: compile_commands.json
compile_commands.json:
	@for file in $(filter %.cc,$(FORMATTED)); do \
	  printf ',{"directory": "%s", "file": "%s",\n  "command": "%s -c %s"}\n' "$$PWD" "$$file" \
	    '$(CXX) $(FLAGS_unit) -DOT_VERSION=\\\"\\\" -DOT_COMMIT=\\\"\\\"' "$$file"; \
	done | sed -e '1s/,/[/' -e '$$s/$$/]/' > $@
