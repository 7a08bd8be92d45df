from importlib import import_module

Migration = import_module("crm.migrations.0001_initial").Migration
