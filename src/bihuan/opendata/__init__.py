"""What is public: the work as OParl 1.1, people and their proposals as Popolo, announced draws as pages."""
