"""Public draws (抽签): a published list, a seed nobody could choose, and a result anybody can work out again."""
