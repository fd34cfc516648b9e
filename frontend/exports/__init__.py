"""What people take away of a sheet: tables, results, pictures, animations, documents."""
