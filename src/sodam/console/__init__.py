"""The console's edge: sessions in cookies, actions as JSON, the files of the web app."""
