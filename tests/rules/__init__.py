"""Cases of the rules: `<rule>/bad-*.toml` must give what it expects, `<rule>/good-*.toml` must give nothing."""
