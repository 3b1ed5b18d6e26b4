"""A simulated office that lives day by day through the same doors as the forms.

`people` invents who comes, `staffing` who works there, `world` is what the office knows at a
moment, `days` the daily round of receptions, follow-ups, rulings and deals, and `incidents` the
rarer stories: links, steering, complaints, a departure. Everything is drawn from one seed.
"""
