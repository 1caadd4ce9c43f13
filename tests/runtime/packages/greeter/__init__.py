"""greeter: greets somebody, without models and without saving anything."""
