"""Any metric by subject and period, sentences and reports made of figures."""
