CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256) DEFAULT '',
  f_table_schema TEXT(256) DEFAULT '',
  f_table_name TEXT(256),
  f_geometry_column TEXT(256),
  styleName TEXT(30),
  styleQML TEXT,
  styleSLD TEXT DEFAULT '',
  useAsDefault BOOLEAN,
  description TEXT DEFAULT '',
  owner TEXT(30) DEFAULT '',
  ui TEXT(30),
  update_time DATETIME DEFAULT '1970-01-01T00:00:00.000Z'
);
INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '1970-01-01T00:00:00.000Z');
