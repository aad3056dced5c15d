@rem npm scripts begin with exec, which cmd.exe lacks; it looks for commands here first.
@%*
