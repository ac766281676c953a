"""commands: a file of this folder is a subcommand, and its stem the subcommand's name; imported only when called."""
