"""Reminders: mails by rule to who comes, in time before it begins, each person once by each rule."""
