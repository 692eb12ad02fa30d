-- oldest: 9
-- Friend lists are paged by the place that a friend got on coming into the list, which no import moves.
DROP INDEX friend_page;
CREATE INDEX friend_place ON friend (app, owner, pos);
