package enum SystemPlaceholder {}
