from django.db.models.expressions import RawSQL

RawSQL(text, [])  #! MEDIUM MEDIUM
RawSQL(sql=text)  #! MEDIUM MEDIUM
RawSQL("select 1", [])
RawSQL(params=[])
