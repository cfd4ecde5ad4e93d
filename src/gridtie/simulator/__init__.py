"""What interconnection would bring: traces replayed by the market's nouns alone, or through the whole exchange."""
