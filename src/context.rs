//! Everything from outside: environment, az's configuration files, cloud and terminal.
