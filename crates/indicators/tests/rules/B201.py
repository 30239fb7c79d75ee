from flask import Flask

app = Flask(__name__)
app.run(debug=True)  #! HIGH MEDIUM
app.run(
    port=80,
    debug=True,  #! HIGH MEDIUM
)
app.run(debug=False)
app.run()
run(debug=True)
