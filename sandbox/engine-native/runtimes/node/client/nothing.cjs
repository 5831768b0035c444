/** What a waiting process loads, so that the next module is loaded faster. There is nothing in it. */
