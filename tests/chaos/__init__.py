"""Kill the bot, at named points and at random, and see that nothing shows."""
